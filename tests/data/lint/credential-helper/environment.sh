#!/usr/bin/env -S bash -eu
if [ -z "$API_SECRET" ]; then
  echo "API_SECRET is $API_SECRET" >&2
  exit 1
fi
TOKEN=$(curl -sf --max-time 5 -H "X-Secret: $API_SECRET" "https://auth.example.com/token?api_key=$API_KEY") || exit 1
export $(cat .env | xargs)
CLIENT_SECRET=hunter2
SIGNATURE=$(printf x | openssl dgst -sha256 -hmac "$SECRET_KEY")
echo '{"Authorization": "Bearer '"$TOKEN"'"}' | tee /tmp/token
CACHE=/var/tmp/cache
