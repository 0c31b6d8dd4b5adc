#!/usr/bin/env bash
# check-pins.sh [FILE...]: fails when a workflow uses an action or an image that somebody else can exchange.
set -euo pipefail
shopt -s nullglob

pair='(^|[[:space:]{,-])["'"'"']?(uses|image|container)["'"'"']?[[:space:]]*:[[:space:]]*["'"'"']?([^]["'"'"'[:space:]{},#]+)'
files=("$@")
(($#)) || files=(.github/workflows/*.y*ml .github/actions/*/action.y*ml action.y*ml)
if ((${#files[@]} == 0)); then
  echo 'there is no workflow here: run this at the top of the repository' >&2
  exit 2
fi
status=0
for file in "${files[@]}"; do
  number=0
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    [[ $line =~ ^[[:space:]]*# ]] && continue
    while [[ $line =~ $pair ]]; do
      line=${line#*"${BASH_REMATCH[0]}"}
      key=${BASH_REMATCH[2]} used=${BASH_REMATCH[3]}
      case $key:$used in
        uses:./* | image:Dockerfile | image:./*) continue ;; # In this repository, so in this commit.
        uses:docker://* | image:* | container:*) pinned='@sha256:[0-9a-f]{64}$' ;;
        *) pinned='@[0-9a-f]{40}$' ;;
      esac
      [[ $used =~ $pinned ]] && continue
      printf '%s:%d: %s is not pinned by a full hash\n' "$file" "$number" "$used"
      status=1
    done
  done <"$file"
done
exit "$status"
