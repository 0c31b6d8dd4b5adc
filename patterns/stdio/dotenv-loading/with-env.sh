#!/usr/bin/env bash
# Runs a program with the variables of an env file. The file is read, never executed.
#
#   with-env.sh FILE PROGRAM [ARGUMENT …]
#
# The file must be yours with mode 0600. It has lines NAME=VALUE, empty lines, and lines that start
# with `#`. A value may stand in 'single' or "double" quotes; nothing in it is expanded. A variable
# of the file wins over one that is set already. Needs bash 3.2 or newer.
set -euo pipefail

fail() {
  printf 'with-env: %s\n' "$1" >&2
  exit 78
}

[ $# -ge 2 ] || fail 'usage: with-env.sh FILE PROGRAM [ARGUMENT …]'
file=$1
shift

[ -f "$file" ] && [ -r "$file" ] || fail "$file is missing or cannot be read"
[ -O "$file" ] || fail "$file belongs to somebody else"
case $(ls -ldL "$file") in
  -r[w-]-------*) ;;
  *) fail "$file is open to others; run: chmod 600 $file" ;;
esac

number=0
while IFS= read -r line || [ -n "$line" ]; do
  number=$((number + 1))
  line=${line%$'\r'}
  line=${line#"${line%%[![:space:]]*}"}
  case $line in '' | '#'*) continue ;; esac
  line=${line#export }
  # The message names the place, not the line: the line may hold a secret.
  [[ $line =~ ^([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || fail "$file, line $number: not NAME=VALUE"
  name=${BASH_REMATCH[1]}
  value=${BASH_REMATCH[2]}
  if [[ $value =~ ^\"(.*)\"[[:space:]]*$ || $value =~ ^\'(.*)\'[[:space:]]*$ ]]; then
    value=${BASH_REMATCH[1]}
  elif [[ $value == [\"\']* ]]; then
    fail "$file, line $number: a quote is not closed"
  fi
  export "$name=$value"
done < "$file"

exec "$@"
