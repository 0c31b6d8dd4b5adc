echo $API_TOKEN
echo "Token: ${API_TOKEN:-none}" >&2
if [ -n "$X" ]; then printf 'é %s\n' "$X" "$DB_PASSWORD"; fi
printenv GITHUB_TOKEN
show() { echo "$SECRET"; }
show
export $(cat .env | grep -v '#' | xargs)
env $(xargs < .env) server
export API_TOKEN="your-token-here" REGION=eu
$ API_KEY=sk-live-1 server
curl -H "Authorization: Bearer $API_TOKEN" https://api.example.com
curl -sSH"X-API-Key: ${API_KEY}" https://api.example.com
curl --header 'Authorization: Bearer <token>' https://api.example.com
curl -fsSu "me:$PASSWORD" https://api.example.com
curl -u me:hunter2 https://api.example.com
curl -d "grant_type=client_credentials&client_secret=$CLIENT_SECRET" https://as.example.com/token
T=$(timeout 5s curl -s -H "Authorization: Bearer $(cat token)" https://api.example.com)
curl --oauth2-bearer "$T" --json "{\"password\":\"$PASSWORD\"}" https://api.example.com
wget --header="Authorization: Bearer $API_TOKEN" https://api.example.com
curl "https://api.example.com/v1?page=1&access_token=$API_TOKEN"
open https://api.example.com?key=abc
S=$(openssl dgst -sha256 -hmac "$SECRET" file)
openssl rsa -passin pass:hunter2 -in key.pem
curl -d 'password=<password>' "$URL?token=$T"
