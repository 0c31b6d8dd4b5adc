#!/usr/bin/env bash
# Prints the headers of an MCP server for Claude Code, with an access token fetched now. When it cannot, it prints
# nothing on standard output, ends with status 1 within 8 seconds, and says why in its log and on standard error.
#
# Needs bash 3.2, curl 7.55 and jq 1.5, or later.
#   ~/.config/acme/login   mode 0600, one line ID:SECRET   (ACME_LOGIN_FILE: another place)
#   ACME_LOGIN_URL         the token endpoint, https
#   ACME_LOG_FILE          the log; default ~/.local/state/acme/headers.log
set -euo pipefail
umask 077
export LC_ALL=C

# The last resort against what no option of curl covers, such as a home folder that hangs. Stock macOS has no `timeout`.
if [ -z "${ACME_GUARDED:-}" ] && command -v timeout >/dev/null; then
  ACME_GUARDED=1 exec timeout -k 1 8 "$BASH" "$0" "$@"
fi

login_url=${ACME_LOGIN_URL:-https://auth.example.com/token}
login_file=${ACME_LOGIN_FILE:-${HOME:-}/.config/acme/login}
log_file=${ACME_LOG_FILE:-${XDG_STATE_HOME:-${HOME:-}/.local/state}/acme/headers.log}
server=${CLAUDE_CODE_MCP_SERVER_NAME:-no server name}
server_url=${CLAUDE_CODE_MCP_SERVER_URL:-}

# Claude Code shows the standard error of a helper nowhere. A log that cannot be written must not stop the helper.
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

# What must be there, before any request.
for program in curl jq; do
  command -v "$program" >/dev/null || fail "$program is not installed"
done
case $login_url in https://?*) ;; *) fail 'ACME_LOGIN_URL must begin with https://' ;; esac
[ -f "$login_file" ] || fail "$login_file does not exist"
[ -O "$login_file" ] || fail "$login_file belongs to another user"
case $(ls -ldL -- "$login_file") in
-r?-------*) ;;
*) fail "others can read $login_file: chmod 600 it" ;;
esac
login=$(tr '\000' '\n' <"$login_file")
safe='^[A-Za-z0-9._~%+-]+:[A-Za-z0-9._~%+-]+$'
[[ $login =~ $safe ]] || fail "$login_file must hold one line ID:SECRET; write other characters as %XX"

request=(--data grant_type=client_credentials)
case $server_url in
'' | *REDACTED*) ;; # Claude Code hides the parts of the URL that come from secret variables.
*) request+=(--data-urlencode "resource=$server_url") ;;
esac

# jq reads the answer and, after it, the status that curl writes. It prints the headers, or the status if it is not 200,
# or nothing. `head` ends an answer that is too long; curl then fails.
to_headers='
  if length == 0 then empty
  elif .[-1] != 200 then .[-1]
  else
    select(length == 2) | .[0]
    | select(type == "object" and (.token_type // "Bearer" | ascii_downcase) == "bearer") | .access_token
    | select(type == "string" and length <= 8000 and test("\\A[A-Za-z0-9._~+/-]+=*\\z"))
    | {Authorization: ("Bearer " + .)}
  end'
problem=0
answer=$(
  set +e
  printf 'user = "%s"\n' "$login" |
    curl -q --silent --fail --proto =https --connect-timeout 2 --max-time 6 --write-out '\n%{http_code}\n' \
      --header 'Accept: application/json' --config - "${request[@]}" "$login_url" 2>/dev/null |
    head -c 65536 |
    jq -ces "$to_headers" 2>/dev/null
  status=("${PIPESTATUS[@]}")
  if [ "${status[1]}" -ne 0 ]; then exit "${status[1]}"; fi
  if [ "${status[3]}" -ne 0 ]; then exit 200; fi
) || problem=$?

host=${login_url#https://}
host=${host%%[/?#]*}
case $problem in
0) ;;
5 | 6) fail "the name of $host, or of the proxy, cannot be resolved: network or VPN?" ;;
7) fail "$host refuses connections" ;;
22) case $answer in
  400 | 401 | 403) fail "$host refused the login (HTTP $answer): is $login_file still valid?" ;;
  429) fail "$host limits the rate (HTTP 429): see the cached helper" ;;
  *) fail "$host failed with HTTP $answer" ;;
  esac ;;
23) fail "the answer of $host is longer than 64 KB" ;;
28) fail "$host did not answer in time" ;;
35 | 51 | 53 | 54 | 58 | 59 | 60 | 66 | 77 | 80 | 82 | 83 | 90 | 91) fail "TLS to $host failed (curl exit $problem)" ;;
200) fail "the answer of $host holds no bearer token that a header can carry" ;;
*) fail "the request to $host failed (curl exit $problem)" ;;
esac
case $answer in
'{'*) ;;
*) fail "$host answered HTTP $answer, not 200" ;;
esac

log 'headers printed'
printf '%s\n' "$answer"
