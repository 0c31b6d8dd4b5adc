#!/usr/bin/env bash
# Prints the key for the model's API, for the setting `apiKeyHelper` of Claude Code.
# Needs ~/.config/acme/model-key, mode 0600, one line; whatever rotates the key writes it.
set -euo pipefail
export LC_ALL=C

value=$(<"$HOME/.config/acme/model-key")
if [[ ! $value =~ ^[!-~]+$ ]] || [ "${#value}" -gt 16384 ]; then
  echo 'model-key must hold one word of printable ASCII, of at most 16384 characters' >&2
  exit 1
fi
printf '%s\n' "$value"
