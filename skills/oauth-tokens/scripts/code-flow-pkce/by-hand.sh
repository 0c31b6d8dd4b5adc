#!/usr/bin/env bash
set -euo pipefail
issuer=https://login.example.com
resource=https://api.example.com/mcp
redirect=http://127.0.0.1:8721/callback # Nothing needs to listen there: copy the address from the browser.

base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
encode() { jq -rn --arg text "$1" '$text | @uri'; }
verifier=$(openssl rand 32 | base64url)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64url)
state=$(openssl rand 16 | base64url)

metadata=$(curl -sS --fail --max-time 10 "$issuer/.well-known/oauth-authorization-server")
endpoint() { jq -er --arg name "$1" '.[$name]' <<<"$metadata"; }

echo "Open this address, sign in, and paste the address where the browser ends:"
echo "$(endpoint authorization_endpoint)?response_type=code&client_id=desktop-app&scope=mcp%3Aread&state=$state\
&redirect_uri=$(encode "$redirect")&resource=$(encode "$resource")&code_challenge=$challenge&code_challenge_method=S256"
IFS= read -r answer
parameter() { [[ ${answer#*\?} =~ (^|&)$1=([^&]*) ]] && printf '%b' "${BASH_REMATCH[2]//%/\\x}"; }
[ "$(parameter state)" = "$state" ] || { echo "another state came back" >&2; exit 1; }
[ "$(parameter iss)" = "$issuer" ] || { echo "another issuer answered" >&2; exit 1; }

# The code and the verifier go through standard input: arguments can be read by others.
curl -sS --max-time 10 --data @- "$(endpoint token_endpoint)" <<EOF |
grant_type=authorization_code&client_id=desktop-app&code=$(parameter code)&code_verifier=$verifier\
&redirect_uri=$(encode "$redirect")&resource=$(encode "$resource")
EOF
  jq 'if .access_token then .access_token |= (split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson) else . end
    | del(.refresh_token)'
