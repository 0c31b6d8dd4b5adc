#!/usr/bin/env bash
# Collects restarts and errors of a service: collect.sh SERVICE MINUTES
set -euo pipefail

service="$1"
minutes="$2"
restarts="$(kubectl get pods -l "app=$service" -o json | jq '[.items[].status.containerStatuses[]?.restartCount] | add // 0')"
errors="$(kubectl logs -l "app=$service" --since "${minutes}m" | grep -c ERROR || true)"
printf 'service: %s\nminutes: %s\nrestarts: %s\nerrors: %s\n' "$service" "$minutes" "$restarts" "$errors"
