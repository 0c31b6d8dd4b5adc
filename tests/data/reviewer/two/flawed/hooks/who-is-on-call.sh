#!/usr/bin/env bash
# Prints who is on call, for the start of a session. Without the file it says nothing.
set -euo pipefail

rota="${CLAUDE_PROJECT_DIR:-.}/oncall.json"
if [ -r "$rota" ]; then
  jq -r '"On call: " + .name' "$rota"
fi
