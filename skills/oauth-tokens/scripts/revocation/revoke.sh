#!/usr/bin/env bash
# revoke.sh refresh_token|access_token <FILE: revokes the token in the file.
set -euo pipefail
issuer=https://login.example.com
client_id=desktop-app # The client that the token was issued to; one with a secret authenticates as for a token.

endpoint=$(curl -q -sS --fail --proto =https --max-time 10 "$issuer/.well-known/oauth-authorization-server" |
  jq -er --arg issuer "$issuer" 'select(.issuer == $issuer) | .revocation_endpoint')
# The token goes through standard input: arguments can be read by others.
jq -sRr --arg hint "$1" --arg client_id "$client_id" '
  "token=\(rtrimstr("\n") | @uri)&token_type_hint=\($hint | @uri)&client_id=\($client_id | @uri)"' |
  curl -q -sS --fail-with-body --proto =https --max-time 10 --data @- "$endpoint"
echo "revoked, if it was a token of $client_id"
