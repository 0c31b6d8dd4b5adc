#!/usr/bin/env bash
# Hook after Write and Edit: checks the file that was written, and tells the agent what is wrong.
# Off until the plugin's option `check_on_edit` is true. Exit: 0 nothing to say, 1 the person reads why it cannot check,
# 2 the agent reads the findings.
set -euo pipefail

case ${CLAUDE_PLUGIN_OPTION_CHECK_ON_EDIT:-false} in
  true | 1) ;;
  *) exit 0 ;;
esac

for program in jq patternbook; do
  command -v "$program" >/dev/null && continue
  echo "check-on-edit needs $program on the PATH; the plugin's README says where to get it. To stop this, set the option check_on_edit to false." >&2
  exit 1
done

file=$(jq -er '.tool_input.file_path') || exit 0
case $file in
  *.mcp.json | *.sh | *.bash | */plugin.json | */hooks.json | */SKILL.md) ;;
  *) exit 0 ;;
esac
[ -f "$file" ] || exit 0

status=0
report=$(patternbook check --format agent -- "$file" 2>&1) || status=$?
case $status in
  0 | 3) exit 0 ;; # Clean, or nothing that it knows.
  1) printf '%s\n' "$report" >&2; exit 2 ;;
  *) printf 'patternbook check failed: %s\n' "$report" >&2; exit 1 ;;
esac
