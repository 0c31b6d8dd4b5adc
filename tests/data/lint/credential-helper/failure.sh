#!/usr/bin/env bash
set -euo pipefail
token=$(cat ~/.config/acme || true)
secret=$(curl --fail --max-time 7 https://auth.acme.example/token) || echo ""
key=$(security find-generic-password -w -s acme) || { echo "no key" >&2; exit 1; }
if [ -z "$token" ]; then
  echo "no token" >&2
  exit 0
fi
[ -d "$HOME/.cache" ] || true
curl --fail --max-time 7 https://auth.acme.example/ping || echo "{}"
jq -n --arg t "$token$secret$key" '{Authorization: ("Bearer " + $t)}'
