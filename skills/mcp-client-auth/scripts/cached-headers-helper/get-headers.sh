#!/usr/bin/env bash
# Prints the headers of an MCP server for Claude Code, with an access token that is kept until a minute before it
# expires: one file for each server, mode 0600, written atomically. An expired token is never given out.
#
# Needs bash 3.2, curl 7.55 and jq 1.5, or later, and `sha256sum` or `shasum`. Uses `flock` where there is one.
#   ~/.config/acme/login   mode 0600, one line ID:SECRET   (ACME_LOGIN_FILE: another place)
#   ACME_LOGIN_URL         the token endpoint, https
#   ACME_LOG_FILE          the log; default ~/.local/state/acme/headers.log
# Run it with --forget to delete the kept tokens, for example after a token was revoked.
set -euo pipefail
umask 077
export LC_ALL=C

if [ -z "${ACME_GUARDED:-}" ] && command -v timeout >/dev/null; then
  ACME_GUARDED=1 exec timeout -k 1 8 "$BASH" "$0" "$@"
fi

login_url=${ACME_LOGIN_URL:-https://auth.example.com/token}
login_file=${ACME_LOGIN_FILE:-${HOME:-}/.config/acme/login}
log_file=${ACME_LOG_FILE:-${XDG_STATE_HOME:-${HOME:-}/.local/state}/acme/headers.log}
folder=${XDG_CACHE_HOME:-${HOME:-}/.cache}/acme-headers
server=${CLAUDE_CODE_MCP_SERVER_NAME:-}
server_url=${CLAUDE_CODE_MCP_SERVER_URL:-}

log() {
  {
    mkdir -p "${log_file%/*}"
    if [ -f "$log_file" ] && [ "$(wc -c <"$log_file")" -gt 100000 ]; then mv -f "$log_file" "$log_file.old"; fi
    printf '%s  %s  %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "${server//[![:print:]]/?}" "$1" >>"$log_file"
  } 2>/dev/null || true
}

fail() {
  log "failed: $1"
  printf 'acme headers: %s\n' "$1" >&2
  exit 1
}

for program in curl jq; do
  command -v "$program" >/dev/null || fail "$program is not installed"
done
case $login_url in https://?*) ;; *) fail 'ACME_LOGIN_URL must begin with https://' ;; esac

# --- The login ------------------------------------------------------------------------------------------------------
read_login() {
  [ -f "$login_file" ] || fail "$login_file does not exist"
  [ -O "$login_file" ] || fail "$login_file belongs to another user"
  case $(ls -ldL -- "$login_file") in
  -r?-------*) ;;
  *) fail "others can read $login_file: chmod 600 it" ;;
  esac
  login=$(tr '\000' '\n' <"$login_file")
  local safe='^[A-Za-z0-9._~%+-]+:[A-Za-z0-9._~%+-]+$'
  [[ $login =~ $safe ]] || fail "$login_file must hold one line ID:SECRET; write other characters as %XX"
}

# --- The cache ------------------------------------------------------------------------------------------------------
# Prints a hash of its arguments. The empty answer means: no cache.
hash_of() {
  printf '%s\0' "$@" | { sha256sum || shasum -a 256; } 2>/dev/null | cut -c 1-64 || true
}

# A folder that others can reach, or a link to one, is not used. Without a folder the helper works, and asks each time.
open_cache() {
  cache=
  case $folder in /*) ;; *) return 0 ;; esac
  mkdir -p "$folder" 2>/dev/null || return 0
  if [ -L "$folder" ] || [ ! -O "$folder" ] || ! chmod 700 "$folder" 2>/dev/null; then
    log "not used as a cache: $folder"
    return 0
  fi
  if [ "${1:-}" = --forget ]; then
    rm -f "$folder"/*.json "$folder"/.new.*
    return 0
  fi
  local name
  name=$(hash_of "$server" "$server_url" "$login_url" "${login%%:*}")
  if [ "${#name}" -eq 64 ]; then cache=$folder/$name.json; fi
}

# The same test for a token from the service and from the cache: what a header can carry.
is_legal='type == "string" and length <= 8000 and test("\\A[A-Za-z0-9._~+/-]+=*\\z")'

# Prints the kept headers, or nothing. A file from the future, or for more than a day, was written under a wrong clock.
read_cache() {
  [ -n "$cache" ] && [ -f "$cache" ] && [ ! -L "$cache" ] && [ -O "$cache" ] || return 0
  head -c 65536 "$cache" 2>/dev/null | jq -cs --argjson now "$(date +%s)" "
    select(length == 1) | .[0] | objects
    | select([.fetched, .expires] | all(type == \"number\"))
    | select(.fetched <= \$now and .expires - 60 > \$now and .expires - \$now <= 86400)
    | .token | select($is_legal) | {Authorization: (\"Bearer \" + .)}" 2>/dev/null || true
}

# Replaces the file in one step, so that no run ever reads half of it. $1: what to keep, or null.
write_cache() {
  [ -n "$cache" ] && [ ! -d "$cache" ] || return 0
  [ "$1" != null ] || return 0
  new=$(mktemp "$folder/.new.XXXXXX" 2>/dev/null) || { log "cannot write to $folder"; return 0; }
  if printf '%s\n' "$1" 2>/dev/null >"$new"; then
    mv -f "$new" "$cache" 2>/dev/null || log "cannot write $cache"
  fi
  rm -f "$new" 2>/dev/null || true
}

# --- One request for all who wait -----------------------------------------------------------------------------------
# Waits at most three seconds for another run that fetches. The lock only saves requests: without it all stays correct.
lock() {
  [ -n "$cache" ] && [ -w "$folder" ] && [ ! -L "$cache.lock" ] || return 0
  if command -v flock >/dev/null; then
    if { exec 9>>"$cache.lock"; } 2>/dev/null; then flock -w 3 9 || log 'went on without the lock'; fi
    return 0
  fi
  # Without flock: a folder, which only one run can make. One older than a minute was left by a run that was killed.
  local tries=0
  if [ -n "$(find "$cache.lockdir" -prune -mmin +1 2>/dev/null)" ]; then rmdir "$cache.lockdir" 2>/dev/null || true; fi
  until mkdir "$cache.lockdir" 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 15 ]; then log 'went on without the lock'; return 0; fi
    sleep 0.2
  done
  lock_folder=$cache.lockdir
}

new='' lock_folder=''
# shellcheck disable=SC2329 # the trap calls it
clean_up() {
  if [ -n "$new" ]; then rm -f "$new"; fi
  if [ -n "$lock_folder" ]; then rmdir "$lock_folder"; fi
}
trap 'clean_up 2>/dev/null || true' EXIT
trap 'exit 1' HUP INT TERM

# --- The request ----------------------------------------------------------------------------------------------------
# Prints two lines: what to keep, or null when the service does not say how long the token lives; and the headers.
fetch() {
  local problem=0 answer host=${login_url#https://}
  local -a request=(--data grant_type=client_credentials)
  host=${host%%[/?#]*}
  case $server_url in
  '' | *REDACTED*) ;; # Claude Code hides the parts of the URL that come from secret variables.
  *) request+=(--data-urlencode "resource=$server_url") ;;
  esac
  answer=$(
    set +e
    started=$(date +%s)
    printf 'user = "%s"\n' "$login" |
      curl -q --silent --fail --proto =https --connect-timeout 2 --max-time 4 --write-out '\n%{http_code}\n' \
        --header 'Accept: application/json' --config - "${request[@]}" "$login_url" 2>/dev/null |
      head -c 65536 |
      jq -ces --argjson started "$started" "
        if length == 0 then empty
        elif .[-1] != 200 then .[-1]
        else
          select(length == 2) | .[0]
          | select(type == \"object\" and (.token_type // \"Bearer\" | ascii_downcase) == \"bearer\")
          | (.expires_in | if type == \"number\" and . > 0 then \$started + . else null end) as \$expires
          | .access_token | select($is_legal)
          | (if \$expires then {token: ., fetched: \$started, expires: \$expires} else null end),
            {Authorization: (\"Bearer \" + .)}
        end" 2>/dev/null
    status=("${PIPESTATUS[@]}")
    if [ "${status[1]}" -ne 0 ]; then exit "${status[1]}"; fi
    if [ "${status[3]}" -ne 0 ]; then exit 200; fi
  ) || problem=$?

  case $problem in
  0) ;;
  5 | 6) fail "the name of $host, or of the proxy, cannot be resolved: network or VPN?" ;;
  7) fail "$host refuses connections" ;;
  22) fail "$host answered HTTP $answer; 400, 401 and 403 mean that it refuses the login" ;;
  28) fail "$host did not answer in time" ;;
  35 | 60) fail "TLS to $host failed (curl exit $problem)" ;;
  200) fail "the answer of $host holds no bearer token that a header can carry" ;;
  *) fail "the request to $host failed (curl exit $problem)" ;;
  esac
  case $answer in
  *$'\n{'*) printf '%s\n' "$answer" ;;
  *) fail "$host answered HTTP $answer, not 200" ;;
  esac
}

if [ "${1:-}" = --forget ]; then
  open_cache --forget
  exit 0
fi
read_login
open_cache
headers=$(read_cache)
if [ -z "$headers" ]; then
  lock
  headers=$(read_cache) # another run may have fetched while this one waited
fi
if [ -z "$headers" ]; then
  fetched=$(fetch)
  kept=${fetched%%$'\n'*}
  write_cache "$kept"
  headers=${fetched#*$'\n'}
  log 'new token'
fi
printf '%s\n' "$headers"
