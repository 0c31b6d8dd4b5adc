#!/bin/sh -eu
umask 077
token=$(cat "$HOME/.config/example/token")
curl_options="--fail --max-time 7"
curl $curl_options https://x > /dev/null
curl --config "$HOME/.curlrc" https://x >&2
curl --config - <<END
url = "https://x"
fail
max-time = 7
END
printf '%s' "$token" | jq -R '{Authorization: ("Bearer " + .)}'
