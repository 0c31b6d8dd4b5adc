#!/usr/bin/env bash
# uses.sh CLAIM VALUE FILE...: lists what was done with a token, a client or a person, from logs of JSON lines.
set -euo pipefail
claim=$1 value=$2
shift 2
jq -R --arg claim "$claim" --arg value "$value" \
  'fromjson? | select(.[$claim] == $value) | [.time, .address, .sub, .tool, .outcome] | @tsv' -r "$@"
