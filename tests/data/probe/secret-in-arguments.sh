#!/usr/bin/env bash
# Names its secret where every user of the machine can read it.
set -euo pipefail

curl -q --silent --show-error --fail --max-time 5 --user "acme-id:$ACME_SECRET" --data grant_type=client_credentials https://auth.example.com/token | jq -ce 'select(.access_token | type == "string") | {Authorization: ("Bearer " + .access_token)}'
