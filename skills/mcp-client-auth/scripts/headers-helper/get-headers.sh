#!/usr/bin/env bash
# Prints the Authorization header of an MCP server, with a token fetched now (OAuth client credentials).
# Needs curl and jq. ~/.config/acme/login, mode 0600, holds one line: ID:SECRET
set -euo pipefail

fail() { printf 'acme headers: %s\n' "$1" >&2; exit 1; }

login_url=${ACME_LOGIN_URL:-https://auth.example.com/token}
login=$(<"$HOME/.config/acme/login")
safe='^[A-Za-z0-9._~%+-]+:[A-Za-z0-9._~%+-]+$'
[[ $login =~ $safe ]] || fail 'login must be one line ID:SECRET; write other characters as %XX'

# jq sees the answer and, after it, the status. It prints nothing unless both are what they should be. `head` ends an
# answer that is too long; curl then fails.
headers=$(
  printf 'user = "%s"\n' "$login" |
    curl -q --silent --show-error --fail --proto =https --connect-timeout 2 --max-time 7 \
      --write-out '\n%{http_code}' --config - --data grant_type=client_credentials "$login_url" |
    head -c 65536 |
    jq -ces 'select(length == 2 and .[1] == 200) | .[0]
      | select(.token_type // "Bearer" | ascii_downcase == "bearer") | .access_token
      | select(type == "string" and length <= 8000 and test("\\A[A-Za-z0-9._~+/-]+=*\\z"))
      | {Authorization: ("Bearer " + .)}' 2>/dev/null
) || fail 'the token service gave no usable token'
printf '%s\n' "$headers"
