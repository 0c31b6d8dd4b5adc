#!/usr/bin/env bash
# Prints an access token for the MCP server. Give it to a program, not to the screen.
set -euo pipefail
issuer=https://login.example.com
resource=https://api.example.com/mcp
client_id=nightly-job
client_secret=$(<"${ACME_CLIENT_SECRET_FILE:?}")

# RFC 6749 wants both parts form-encoded before they are joined with a colon.
encode() { printf %s "$1" | jq -sRr @uri; }
user=$(encode "$client_id"):$(encode "$client_secret")

endpoint=$(curl -sS --fail --max-time 10 "$issuer/.well-known/oauth-authorization-server" |
  jq -er --arg issuer "$issuer" 'select(.issuer == $issuer) | .token_endpoint')
# The secret goes through standard input: arguments can be read by others.
curl -sS --fail-with-body --max-time 10 --config - \
  --data grant_type=client_credentials --data scope=mcp:read --data-urlencode "resource=$resource" "$endpoint" \
  <<<"user = \"$user\"" | jq -er '.access_token // (tojson | halt_error)'
