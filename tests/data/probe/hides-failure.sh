#!/usr/bin/env bash
# Ends well when the service does not.
set -euo pipefail

ask() {
  printf 'user = "acme-id:%s"\n' "$ACME_SECRET" |
    curl -q --silent --show-error --fail --max-time 5 --config - --data grant_type=client_credentials "${ACME_LOGIN_URL:-https://auth.example.com/token}"
}

ask | jq -ce 'select(.access_token | type == "string") | {Authorization: ("Bearer " + .access_token)}' || echo '{"Authorization": "Bearer none"}'
