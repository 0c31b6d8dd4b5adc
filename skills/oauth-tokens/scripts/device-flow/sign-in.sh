#!/usr/bin/env bash
# Signs in on another device, and prints the access token. Give it to a program, not to the screen.
set -euo pipefail
issuer=https://login.example.com
resource=https://api.example.com/mcp
client_id=terminal

metadata=$(curl -sS --fail --max-time 10 "$issuer/.well-known/oauth-authorization-server")
endpoint() { jq -er --arg issuer "$issuer" --arg name "$1" 'select(.issuer == $issuer) | .[$name]' <<<"$metadata"; }
token_endpoint=$(endpoint token_endpoint)

device=$(curl -sS --fail-with-body --max-time 10 --data "client_id=$client_id" --data scope=mcp:read \
  --data-urlencode "resource=$resource" "$(endpoint device_authorization_endpoint)")
interval=$(jq -r '.interval // 5' <<<"$device")
deadline=$(($(date +%s) + $(jq -er .expires_in <<<"$device")))
jq -r '"To sign in, open \(.verification_uri) on your phone or computer and enter \(.user_code)
Or open \(.verification_uri_complete // .verification_uri)
Do this only if you started this program yourself."' <<<"$device" >&2

# The device code is a secret: it goes through standard input.
request=$(jq -r --arg client_id "$client_id" --arg resource "$resource" '
  "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=\($client_id | @uri)"
  + "&device_code=\(.device_code | @uri)&resource=\($resource | @uri)"' <<<"$device")
while sleep "$interval" && [ "$(date +%s)" -lt "$deadline" ]; do
  # An error is a JSON object with status 400, so --fail would hide it. No answer: wait twice as long.
  answer=$(curl -sS --max-time 10 --data @- "$token_endpoint" <<<"$request") || { interval=$((interval * 2)); continue; }
  case $(jq -r 'if .access_token then "ok" else .error // "no answer" end' <<<"$answer") in
    ok) jq -r .access_token <<<"$answer"; exit ;;
    authorization_pending) ;;
    slow_down) interval=$((interval + 5)) ;;
    *) jq -r '"no sign-in: \(.error // "strange answer") \(.error_description // "")"' <<<"$answer" >&2; exit 1 ;;
  esac
done
echo "no sign-in: the code is too old" >&2
exit 1
