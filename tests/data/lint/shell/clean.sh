#!/usr/bin/env bash
# echo $API_TOKEN would print it; export $(cat .env | xargs) would break it.
set -euo pipefail
umask 077

read -rs API_TOKEN && export API_TOKEN
[ -n "${API_TOKEN:-}" ] && echo set
echo "${API_TOKEN:+set} ${#API_TOKEN}"
set -a; . ./.env; set +a
curl --fail -H @- https://api.example.com/v1?page=2 <<< "Authorization: Bearer $API_TOKEN"
curl --fail --config - <<EOF2
url = "https://api.example.com/v1"
header = "Authorization: Bearer $API_TOKEN"
EOF2
printf 'header = "Authorization: Bearer %s"\n' "$API_TOKEN" | curl --fail --config - https://api.example.com
{ echo "Authorization: Bearer $API_TOKEN"; echo; } | curl -fH @- https://api.example.com
token=$(printf '%s' "$API_TOKEN" | base64)
printf '%s\n' "$API_TOKEN" > "$HOME/.config/token"
read_token() { printf '%s' "$API_TOKEN"; }
printf '%s\n' "$token"
curl -sS -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer invalid' https://api.example.com
curl -u "$USER" --data @body.json --data-urlencode 'token@/run/secrets/token' https://api.example.com
TOKEN_FILE=/run/secrets/token TOKEN='' USE_TOKEN=1 other "$(read_token)"
echo '$API_TOKEN' "\$API_TOKEN" "$TOKEN_FILE" "$PATH"
echo "::add-mask::$API_TOKEN"
echo "API_TOKEN=$API_TOKEN" >> "$GITHUB_ENV"
curl -fH @<(printf 'Authorization: Bearer %s' "$API_TOKEN") -F 'token=<token.txt' https://api.example.com
curl -fH "Idempotency-Key: $(uuidgen)" -H 'Accept: application/json' -d grant_type=refresh_token https://api.example.com
case $1 in a|b) echo a ;; *) echo "${API_TOKEN:0:4}" ;; esac
