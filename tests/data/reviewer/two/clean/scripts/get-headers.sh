#!/usr/bin/env bash
# Prints the headers for the server `nightwatch`. The key is in a file that only its owner can read.
set -euo pipefail

key_file="${XDG_CONFIG_HOME:-$HOME/.config}/nightwatch/login"
if [ ! -r "$key_file" ]; then
  echo "nightwatch: no readable file $key_file" >&2
  exit 1
fi

jq -R '{Authorization: ("Bearer " + .)}' < "$key_file"
