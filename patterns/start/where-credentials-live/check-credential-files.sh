#!/usr/bin/env bash
# Says which files of Claude Code hold credentials here, and whether other users can read them.
# Prints names and permissions, never values. Exit 1 if a file is open to others.
# Usage: check-credential-files.sh [another-secret-file ...]
# Needs: bash, ls.
set -euo pipefail

config=${CLAUDE_CONFIG_DIR:-$HOME/.claude}
state=0
for file in "$config/.credentials.json" "${CLAUDE_CONFIG_DIR:-$HOME}/.claude.json" "$@"; do
  if [[ ! -e $file ]]; then
    printf 'absent   %s\n' "$file"
    continue
  fi
  mode=$(ls -ldL -- "$file") # ls, because stat differs between Linux and macOS.
  mode=${mode:0:10}
  if [[ ${mode:4:6} == '------' ]]; then
    printf 'private  %s  %s\n' "$mode" "$file"
  else
    printf 'OPEN     %s  %s  (chmod 600)\n' "$mode" "$file"
    state=1
  fi
done
exit "$state"
