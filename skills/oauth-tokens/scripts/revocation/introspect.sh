#!/usr/bin/env bash
# introspect.sh <FILE: asks the authorization server whether the token in the file is good. It shows what it knows of it.
set -euo pipefail
issuer=https://login.example.com
client_id=resource-server
secret=$(<"${ACME_CLIENT_SECRET_FILE:?}")

encode() { printf %s "$1" | jq -sRr @uri; }
endpoint=$(curl -q -sS --fail --proto =https --max-time 10 "$issuer/.well-known/oauth-authorization-server" |
  jq -er --arg issuer "$issuer" 'select(.issuer == $issuer) | .introspection_endpoint')
token=$(jq -sRr 'rtrimstr("\n") | @uri')
curl -q -sS --fail-with-body --proto =https --max-time 10 --config - "$endpoint" <<EOF | jq .
user = "$(encode "$client_id"):$(encode "$secret")"
data = "token=$token"
EOF
