#!/usr/bin/env bash
# ask.sh QUESTION: lets Claude use the Acme server. Reads ANTHROPIC_API_KEY, ACME_ACCESS_TOKEN and MODEL.
set -euo pipefail
: "${ANTHROPIC_API_KEY:?}" "${ACME_ACCESS_TOKEN:?}" "${MODEL:?}"

# `env` of jq takes the token from the environment; `--arg` would show it in `ps`.
jq -n --arg question "$1" '{
  model: env.MODEL,
  max_tokens: 1000,
  messages: [{role: "user", content: $question}],
  mcp_servers: [{
    type: "url",
    name: "acme",
    url: "https://api.example.com/mcp",
    authorization_token: env.ACME_ACCESS_TOKEN
  }],
  tools: [{type: "mcp_toolset", mcp_server_name: "acme"}]
}' |
  curl -sS --fail-with-body --max-time 120 --data @- \
    --header @<(printf 'X-Api-Key: %s\n' "$ANTHROPIC_API_KEY") \
    --header 'Content-Type: application/json' \
    --header 'anthropic-version: 2023-06-01' \
    --header 'anthropic-beta: mcp-client-2025-11-20' \
    "${ANTHROPIC_BASE_URL:-https://api.anthropic.com}/v1/messages"
