#!/usr/bin/env bash
# Asks an MCP endpoint one question, as a client would, and prints what it says about authentication.
#
#   test-endpoint.sh https://api.example.com/mcp                    without a credential
#   test-endpoint.sh https://api.example.com/mcp ACME_API_TOKEN     with the token in that variable
#
# The second argument is the NAME of an exported variable, so that no secret stands in a command line.
# AUTH_SCHEME (default Bearer) and MCP_METHOD (default server/discover) may be set.
# Needs curl 7.55 or later, and jq. Exit: 0 accepted, 1 refused (401 or 403), 2 anything else.
set -euo pipefail

fail() { printf 'test-endpoint: %s\n' "$1" >&2; exit 2; }

[ $# -ge 1 ] && [ $# -le 2 ] || fail 'usage: test-endpoint.sh URL [NAME_OF_TOKEN_VARIABLE]'
url=$1 name=${2:-} scheme=${AUTH_SCHEME:-Bearer} method=${MCP_METHOD:-server/discover}
command -v curl >/dev/null || fail 'curl is not installed'
command -v jq >/dev/null || fail 'jq is not installed'

plain='^http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?(/|$)'
is_safe() { [[ $1 =~ ^https://[^/] || $1 =~ $plain ]]; }
is_safe "$url" || fail 'the URL must be https://, or http:// to this machine'

token=
if [ -n "$name" ]; then
  [[ $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || fail 'the second argument is the name of a variable, not a token'
  token=${!name-}
  [ -n "$token" ] || fail "$name is not set, or empty, in this shell"
  case $token in *[[:cntrl:]]*) fail "$name holds a line break or another control character" ;; esac
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The header reaches curl through its standard input: other users can read a command line.
# Redirects are not followed: a token must not travel to another host.
post() { # PROTOCOL METHOD BODY
  local -a mirrored=(-H "MCP-Protocol-Version: $1")
  if [ "$2" != initialize ]; then mirrored+=(-H "Mcp-Method: $2"); fi
  local auth='' rc=0
  if [ -n "$token" ]; then auth="Authorization: $scheme $token"; fi
  : >"$work/headers"
  : >"$work/body"
  status=$(printf '%s\n' "$auth" | curl -q -g -sS --connect-timeout 5 --max-time 20 \
    -D "$work/headers" -o "$work/body" -w '%{http_code}' \
    -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \
    "${mirrored[@]}" -H @- --data-binary "$3" "$url") || rc=$?
  # A stream that stays open after its answer ends here with 28; the answer is still good.
  if [ "$rc" -ne 0 ] && { [ "$rc" -ne 28 ] || [ "$status" = 000 ]; }; then
    fail "no HTTP answer (curl exit $rc): a matter of network, name, proxy or TLS, not of the token"
  fi
}

# A server's words may hold control characters that change the terminal, and may repeat the token.
clean() {
  local text
  text=$(LC_ALL=C tr -d '\000-\010\013-\037\177')
  if [ -n "$token" ]; then text=${text//"$token"/[token]}; fi
  if [ -n "$text" ]; then printf '%s\n' "$text"; fi
}

challenge() { { grep -ai '^www-authenticate:' "$work/headers" || true; } | clean; }

report() { # METHOD
  printf 'POST %s  %s\n  status            %s\n' "$url" "$1" "$status"
  challenge | sed -E 's/^[^:]*: */  WWW-Authenticate  /'
  if [ -s "$work/body" ]; then
    local text
    text=$(head -c 2000 "$work/body" | tr '\r\n\t' '   ' | clean)
    printf '  body              %s\n' "${text:0:300}"
  fi
}

post 2026-07-28 "$method" "$(jq -cn --arg method "$method" '{jsonrpc: "2.0", id: 1, $method, params: {_meta: {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": {name: "test-endpoint", version: "1.0.0"},
  "io.modelcontextprotocol/clientCapabilities": {}}}}')"
report "$method"

# A server of revision 2025-11-25 or earlier wants a handshake first. It says 400, or something near it, without one
# of the errors -32020 to -32022, which only newer servers send.
is_modern_error() { jq -e '.error.code | . != null and . <= -32020 and . >= -32022' "$work/body" >/dev/null 2>&1; }
case $status in
400 | 404 | 405 | 406 | 415 | 422)
  if ! is_modern_error; then
    post 2025-11-25 initialize '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",
      "capabilities":{},"clientInfo":{"name":"test-endpoint","version":"1.0.0"}}}'
    report initialize
  fi
  ;;
esac

# The metadata of the protected resource (RFC 9728). No token goes along.
origin=$(printf '%s' "$url" | sed -E 's|^(https?://[^/?#]+).*|\1|')
path=$(printf '%s' "${url#"$origin"}" | sed -E 's|[?#].*||; s|/$||')
named=$(challenge | sed -nE 's/.*resource_metadata="([^"]+)".*/\1/p; s/.*resource_metadata=([^",[:space:]]+).*/\1/p')
named=${named%%$'\n'*}
candidates=("$origin/.well-known/oauth-protected-resource$path")
if [ -n "$path" ]; then candidates+=("$origin/.well-known/oauth-protected-resource"); fi
if [ -n "$named" ]; then candidates=("$named"); fi

for candidate in "${candidates[@]}"; do
  if ! is_safe "$candidate"; then
    printf 'GET %s\n  not fetched: the address is not https://\n' "$candidate"
    continue
  fi
  code=$(curl -q -g -sS --connect-timeout 5 --max-time 10 --max-filesize 1000000 -o "$work/metadata" \
    -w '%{http_code}' -H 'Accept: application/json' "$candidate") || code=none
  printf 'GET %s\n  status            %s\n' "$candidate" "$code"
  if [ "$code" != 200 ]; then continue; fi
  if ! jq -e 'type == "object"' "$work/metadata" >/dev/null 2>&1; then
    printf '  this is not a JSON object: a client finds no authorization server here\n'
    continue
  fi
  jq -r '"  resource          \(.resource // "missing")",
    "  signs in at       \((.authorization_servers // ["missing"]) | join(" "))",
    "  scopes            \((.scopes_supported // ["not listed"]) | join(" "))"' "$work/metadata" 2>/dev/null | clean ||
    printf '  its fields do not have the types of RFC 9728\n'
  resource=$(jq -r '.resource // ""' "$work/metadata")
  case ${url%/} in
  "${resource%/}") ;;
  *) printf '  note              resource is not %s\n' "$url" ;;
  esac
  break
done

case $status in
2??)
  grep -aq '"jsonrpc"' "$work/body" || fail 'the answer is no JSON-RPC: is this the address of the MCP endpoint?'
  if grep -aq '"error"' "$work/body" && ! grep -aq '"result"' "$work/body"; then
    fail 'the server let the request in, and answered with an error: see the body'
  fi
  if [ -n "$token" ]; then
    printf 'Accepted. It says something of the token only if the same call without it is refused.\n'
  else
    printf 'Accepted without a credential.\n'
  fi
  ;;
401)
  if [ -n "$token" ]; then
    printf 'Refused: the server does not take this token.\n'
  else
    printf 'Refused: the server wants a credential, and none was sent.\n'
  fi
  exit 1
  ;;
403) printf 'Refused: not allowed. A new token of the same kind does not help.\n'; exit 1 ;;
*) fail "no verdict on the credential: the status is $status" ;;
esac
