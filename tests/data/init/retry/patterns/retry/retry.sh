#!/usr/bin/env bash
# retry.sh COMMAND [ARGUMENT...]
set -uo pipefail

pause=0.01
for _ in 1 2 3 4 5; do
  "$@" && exit 0
  status=$?
  sleep "$pause"
  pause=$(awk -v pause="$pause" 'BEGIN { print 2 * pause }')
done
exit "$status"
