#!/usr/bin/env bash
# Walks the OAuth discovery of an MCP server as a client does, and says which step fails.
# Usage: oauth-discovery.sh https://mcp.example.com/mcp
# Needs: bash, curl, jq. Sends no credential.
set -euo pipefail

server=${1:?usage: oauth-discovery.sh https://mcp.example.com/mcp}
limits=(--silent --show-error --connect-timeout 3 --max-time 8)

say() { printf '%-10s %s\n' "$1" "$2"; }
stop() { say 'STOP' "$1"; exit 1; }

# Prints the JSON object at a URL; fails on an HTTP error and on anything that is not an object.
json_at() {
  curl "${limits[@]}" --fail -H 'Accept: application/json' "$1" 2>/dev/null | jq -ce 'objects' 2>/dev/null
}

# Prints a name from a header such as: Bearer error="x", resource_metadata="https://y"
parameter() { sed -n "s/.*[ ,]$1=\"\([^\"]*\)\".*/\1/p" <<<"$challenge" | head -n 1; }

origin=$(sed -E 's#^(https?://[^/?\#]+).*#\1#' <<<"$server")
path=${server#"$origin"}
path=${path%%[?#]*}
path=${path%/}

# 1. A request without a token must be answered with 401.
headers=$(curl "${limits[@]}" --output /dev/null --dump-header - \
  -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \
  --data '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' "$server") || stop "no answer from $server"
status=$(awk 'toupper($1) ~ /^HTTP\// {code=$2} END {print code}' <<<"$headers")
challenge=$(tr -d '\r' <<<"$headers" | sed -n 's/^[Ww][Ww][Ww]-[Aa]uthenticate: *//p' | head -n 1)
say 'server' "HTTP $status  ${challenge:-no WWW-Authenticate header}"
[[ $status == 401 ]] || stop "expected 401: this address asks for no sign-in, or is not the MCP endpoint"

# 2. The protected resource metadata: the address in the challenge, else the two well-known ones.
resource=''
for url in "$(parameter resource_metadata)" \
  "$origin/.well-known/oauth-protected-resource$path" "$origin/.well-known/oauth-protected-resource"; do
  [[ -n $url ]] || continue
  if resource=$(json_at "$url"); then say 'resource' "$url"; break; fi
  say 'resource' "$url: not found, or not JSON"
done
[[ -n $resource ]] || stop 'no protected resource metadata (RFC 9728): the server must publish it'
named=$(jq -r '.resource // ""' <<<"$resource")
[[ -n $named && "$origin$path/" == "${named%/}/"* ]] \
  || stop "its resource is \"$named\": it must be $origin$path, or a parent of it"
say 'scopes' "$(jq -r '(.scopes_supported // ["(not listed)"]) | join(" ")' <<<"$resource")"

# 3. The metadata of the first authorization server.
issuer=$(jq -r '.authorization_servers[0] // ""' <<<"$resource")
[[ -n $issuer ]] || stop 'the metadata names no authorization server'
issuer_origin=$(sed -E 's#^(https?://[^/?\#]+).*#\1#' <<<"$issuer")
issuer_path=${issuer#"$issuer_origin"}
issuer_path=${issuer_path%/}
metadata=''
for url in "$issuer_origin/.well-known/oauth-authorization-server$issuer_path" \
  "$issuer_origin/.well-known/openid-configuration$issuer_path" \
  "$issuer_origin$issuer_path/.well-known/openid-configuration"; do
  if metadata=$(json_at "$url"); then say 'issuer' "$url"; break; fi
done
[[ -n $metadata ]] || stop "$issuer publishes no metadata (RFC 8414 or OpenID Connect)"
[[ $(jq -r '.issuer // ""' <<<"$metadata") == "$issuer" ]] \
  || say 'WARNING' "its issuer is $(jq -c '.issuer' <<<"$metadata"), not $issuer: by the specification, clients refuse it"
jq -e '.code_challenge_methods_supported // [] | index("S256")' <<<"$metadata" >/dev/null \
  || say 'WARNING' 'it does not announce PKCE with S256: by the specification, clients refuse it'

# 4. How a client gets its client id.
jq -r '
  [ (if .client_id_metadata_document_supported == true then "metadata document (nothing to set up)" else empty end),
    (if has("registration_endpoint") then "dynamic registration (nothing to set up)" else empty end),
    "client id from the service (--client-id)" ] | join(", ")' <<<"$metadata" | { read -r ways; say 'client id' "$ways"; }
