#!/usr/bin/env bash
# Prints the headers of an MCP server whose token service is reachable only in the company network. Makes the request
# itself instead of testing the network first, and says in words whether the network, TLS or the login is the problem.
#
# Needs bash 3.2, curl 7.55 and jq 1.5, or later.
#   ~/.config/acme/login                   mode 0600, one line ID:SECRET
#   ~/.local/state/acme/vpn-headers.log    what went wrong; Claude Code shows the standard error nowhere
set -euo pipefail
umask 077

login_url=${ACME_LOGIN_URL:-https://login.acme.internal/token}
log_file=${ACME_LOG_FILE:-$HOME/.local/state/acme/vpn-headers.log}
host=${login_url#https://}
host=${host%%/*}

fail() {
  printf 'acme headers: %s\n' "$1" >&2
  { mkdir -p "${log_file%/*}" && printf '%s  %s\n' "$(date -u +%FT%TZ)" "$1" >>"$log_file"; } 2>/dev/null || true
  exit 1
}

login=$(<"$HOME/.config/acme/login") || fail 'cannot read the login file'
safe='^[A-Za-z0-9._~%+-]+:[A-Za-z0-9._~%+-]+$'
[[ $login =~ $safe ]] || fail 'the login file must be one line ID:SECRET; write other characters as %XX'

# Two seconds for the name, TCP and TLS; five for everything. `head` ends an answer that is too long; curl then fails.
problem=0
headers=$(
  set +e
  printf 'user = "%s"\n' "$login" |
    curl -q --silent --show-error --fail --proto =https --connect-timeout 2 --max-time 5 \
      --write-out '\n%{http_code}' --config - --data grant_type=client_credentials "$login_url" |
    head -c 65536 |
    jq -ces 'select(length == 2 and .[1] == 200) | .[0]
      | select(.token_type // "Bearer" | ascii_downcase == "bearer") | .access_token
      | select(type == "string" and length <= 8000 and test("\\A[A-Za-z0-9._~+/-]+=*\\z"))
      | {Authorization: ("Bearer " + .)}' 2>/dev/null
  status=("${PIPESTATUS[@]}")
  if [ "${status[1]}" -ne 0 ]; then exit "${status[1]}"; fi
  if [ "${status[3]}" -ne 0 ]; then exit 200; fi
) || problem=$?

case $problem in
0) printf '%s\n' "$headers" ;;
5 | 6) fail "the name of $host, or of a proxy, is unknown here. Is the VPN connected?" ;;
7) fail "no connection to $host. Is the VPN connected?" ;;
28) fail "$host did not answer in time. Is the VPN connected?" ;;
35 | 60) fail "TLS to $host failed: a sign-in page of the network, or a company CA that curl does not know" ;;
22) fail "$host is reachable and refused the request: the network is fine, look at the login" ;;
200) fail "$host is reachable, but its answer holds no token: a sign-in page of the network?" ;;
*) fail "the request to $host failed (curl exit $problem)" ;;
esac
