#!/usr/bin/env bash
# save-output.sh FILE COMMAND [ARGUMENT...]
# Puts what the command prints into the file. If the command fails, the file stays as it is.
set -euo pipefail

file=$1
shift
new=$(mktemp "$file.XXXXXX")
trap 'rm -f -- "$new"' EXIT
"$@" > "$new"
mv -- "$new" "$file"
