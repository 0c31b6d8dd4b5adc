#!/usr/bin/env bash
# is-dead.sh URL <FILE: shows the token in the file to the MCP server. Success, if it is refused.
set -euo pipefail
# The header goes through standard input: arguments can be read by others.
status=$(jq -sRr '"header = \"Authorization: Bearer \(rtrimstr("\n"))\""' |
  curl -sS -o /dev/null -w '%{http_code}' --max-time 10 --config - \
    -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \
    --data '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}' "$1")
case $status in
  401) echo "dead: $1 refuses it" ;;
  2?? | 403) echo "STILL ALIVE: $1 answered $status" >&2; exit 1 ;;
  *) echo "nobody knows: $1 answered $status" >&2; exit 2 ;;
esac
