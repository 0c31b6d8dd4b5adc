#!/usr/bin/env bash
# Says whether a variable holds something that can be a token. Prints no part of its value.
#
#   check-token.sh ACME_API_TOKEN      the NAME of an exported variable
#
# Needs bash only. Exit: 0 nothing wrong, 1 something is, 2 wrong usage.
set -u

name=${1:-}
if [ $# -ne 1 ] || ! [[ $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]]; then
  printf 'usage: check-token.sh NAME_OF_VARIABLE\n' >&2
  exit 2
fi

wrong=0
complain() { printf '%s: %s\n' "$name" "$1"; wrong=1; }

if [ -z "${!name+set}" ]; then
  complain 'not set, or not exported'
  exit 1
fi
value=${!name}
if [ -z "$value" ]; then
  complain 'set, but empty'
  exit 1
fi
case $value in *[[:space:]]*) complain 'holds a space or a line break' ;; esac
case $value in *[[:cntrl:]]*) complain 'holds a control character, such as the CR of a Windows file' ;; esac
case $value in \"* | *\" | \'* | *\') complain 'has quotes around it' ;; esac
case $value in [Bb]earer* | [Bb]asic*) complain 'begins with the scheme: keep that in the configuration' ;; esac
case $value in *'${'*) complain 'holds a variable that nobody filled in' ;; esac
case $value in *$'\xc2\xa0'* | *$'\xe2\x80'*) complain 'holds a character that comes from a word processor' ;; esac
printf '%s: %d characters\n' "$name" "${#value}"
exit "$wrong"
