#!/usr/bin/env bash
# Prints headers for the MCP server, with a token that is cached until it expires.
set -euo pipefail
umask 077

fail() { printf 'get-headers: %s\n' "$1" >&2; exit 1; }

config=${MCP_LOGIN_FILE:-$HOME/.config/example/client.json}
[ -r "$config" ] || fail "cannot read $config"

server=$(printf '%s' "${CLAUDE_CODE_MCP_SERVER_URL:?}" | sha256sum | cut -d' ' -f1)
cache_dir=${XDG_CACHE_HOME:-$HOME/.cache}/example
cache=$cache_dir/$server.json
mkdir -p "$cache_dir"

if [ -f "$cache" ] && jq -e '.exp > now + 60' "$cache" >/dev/null 2>&1; then
  jq '.headers' "$cache"
  exit 0
fi

if ! response=$(jq -r '"data = \"client_secret=\(.client_secret | @uri)\""' "$config" |
  curl --fail --silent --show-error --connect-timeout 2 --max-time 7 \
    --data grant_type=client_credentials --config - https://as.example.com/token); then
  fail "the token service did not answer"
fi

token=$(jq -er '.access_token | strings | select(length > 0)' <<<"$response") || fail "no token"
temporary=$(mktemp "$cache_dir/token.XXXXXX")
trap 'rm -f "$temporary"' EXIT
jq -n --arg t "$token" '{exp: (now + 300), headers: {Authorization: ("Bearer " + $t)}}' > "$temporary"
mv "$temporary" "$cache"
jq '.headers' "$cache"
