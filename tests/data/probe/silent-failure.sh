#!/usr/bin/env bash
# Fails without a word.
set -euo pipefail

ask() {
  printf 'user = "acme-id:%s"\n' "$ACME_SECRET" |
    curl -q --silent --show-error --fail --max-time 5 --config - --data grant_type=client_credentials "${ACME_LOGIN_URL:-https://auth.example.com/token}"
}

ask 2>/dev/null | jq -ce 'select(.access_token | type == "string") | {Authorization: ("Bearer " + .access_token)}'
