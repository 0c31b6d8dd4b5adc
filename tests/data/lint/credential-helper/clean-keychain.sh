#!/usr/bin/env bash
set -euo pipefail
exec 2>>"$HOME/.cache/get-headers.log"

cache=$HOME/.cache/example/$CLAUDE_CODE_MCP_SERVER_NAME.token
mkdir -p -m 700 "${cache%/*}"

main() {
  local key auth
  exec 9>"$cache.lock"
  flock -w 5 9
  # A stale token is never given out.
  if is_fresh "$cache"; then
    jq -R '{Authorization: ("Bearer " + .)}' "$cache"
    return
  fi
  if [[ $OSTYPE == darwin* ]]; then
    key=$(security find-generic-password -s example -w)
  else
    read -r key < <(secret-tool lookup service example)
  fi
  while IFS=: read -r name auth; do
    [[ -n $auth ]] || { echo "no credential for $name" >&2; exit 1; }
  done <<<"x:$key"
  local options=(--fail --silent --connect-timeout 2 --max-time 7)
  token=$(curl "${options[@]}" --config - https://as.example.com/token <<<"header = \"Authorization: Bearer $key\"")
  printf '%s\n' "$token" > "$cache.$$"
  mv -f -- "$cache.$$" "$cache"
  jq -n --arg auth "Bearer $token" '{Authorization: $auth}'
}

is_fresh() { [[ -f $1 && $(find "$1" -mmin -4) ]]; }

main "$@"
