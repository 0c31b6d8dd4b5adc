#!/usr/bin/env bash
# check-pins.sh [FILE...]: fails when a workflow uses an action or an image that somebody else can exchange.
set -euo pipefail
shopt -s nullglob

uses='(^|[[:space:]{,-])["'"'"']?uses["'"'"']?[[:space:]]*:[[:space:]]*["'"'"']?([^]"'"'"'[:space:]},#]+)'
files=("$@")
(($#)) || files=(.github/workflows/*.y*ml .github/actions/*/action.y*ml action.y*ml)
status=0
for file in "${files[@]}"; do
  number=0
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    [[ $line =~ ^[[:space:]]*# ]] && continue
    [[ $line =~ $uses ]] || continue
    used=${BASH_REMATCH[2]}
    case $used in
      ./*) continue ;; # In this repository, so in this commit.
      docker://*) pinned='@sha256:[0-9a-f]{64}$' ;;
      *) pinned='@[0-9a-f]{40}$' ;;
    esac
    [[ $used =~ $pinned ]] && continue
    printf '%s:%d: %s is not pinned by a full hash\n' "$file" "$number" "$used"
    status=1
  done <"$file"
done
exit "$status"
