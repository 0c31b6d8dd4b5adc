#!/usr/bin/env bash
# Asks for a secret and writes it to a file that only you can read, whole or not at all.
# Usage: write-secret-file.sh ~/.config/acme/token     (or: some-command | write-secret-file.sh FILE)
# Needs: bash, mktemp.
set -euo pipefail

file=${1:?usage: write-secret-file.sh FILE}
if [[ -L $file || ( -e $file && ! -f $file ) ]]; then
  echo "write-secret-file: $file is no regular file" >&2
  exit 1
fi

if [[ -t 0 ]]; then
  read -rs -p 'Secret (it is not shown): ' secret
  echo >&2
else
  IFS= read -r secret || [[ -n $secret ]]
fi
if [[ -z $secret ]]; then
  echo 'write-secret-file: the secret is empty; nothing was written' >&2
  exit 1
fi

umask 077 # From here on, new folders are 0700 and new files 0600.
folder=$(dirname -- "$file")
mkdir -p -- "$folder"
new=$(mktemp -- "$folder/.secret.XXXXXX")
trap 'rm -f -- "$new"' EXIT
printf '%s\n' "$secret" >"$new"
mv -f -- "$new" "$file" # Replaces the old file in one step, with the new file's 0600.
trap - EXIT
echo "write-secret-file: wrote $file" >&2
