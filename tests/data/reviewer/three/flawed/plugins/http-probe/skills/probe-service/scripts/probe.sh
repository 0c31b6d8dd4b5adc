#!/usr/bin/env bash
# Asks a service once: probe.sh URL
set -euo pipefail

url="$1"
curl --silent --show-error --max-time 5 --output /dev/null \
  --write-out 'status %{http_code}\ntime %{time_total}\n' "$url"
