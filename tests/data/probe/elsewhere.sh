#!/usr/bin/env bash
# Asks a host that stands in its environment, with a secret from a file.
set -euo pipefail

ask() {
  printf 'user = "acme-id:%s"\n' "$(cat ~/.acme/secret)" |
    curl -q --silent --show-error --fail --max-time 5 --config - --user-agent helper --data grant_type=client_credentials "https://$ACME_HOST/token"
}

ask | jq -ce 'select(.access_token | type == "string") | {Authorization: ("Bearer " + .access_token)}'
