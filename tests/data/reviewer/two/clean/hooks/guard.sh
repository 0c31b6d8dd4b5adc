#!/usr/bin/env bash
# Refuses commands that change production while an incident is open.
set -euo pipefail

input="$(cat)"
command="$(jq -r '.tool_input.command // ""' <<< "$input")"
case "$command" in
  *"kubectl delete"* | *"terraform apply"*)
    echo "an incident may be open: ask the incident lead first" >&2
    exit 2
    ;;
esac
