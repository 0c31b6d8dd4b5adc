#!/usr/bin/env bash
# Joins two CSV files on a column: join.sh LEFT RIGHT COLUMN
set -euo pipefail

if [ "$#" -ne 3 ]; then
  echo "usage: join.sh LEFT RIGHT COLUMN" >&2
  exit 2
fi
sqlite3 -csv -header :memory: \
  -cmd ".import '$1' a" -cmd ".import '$2' b" \
  "select * from a left join b using ($3)"
