#!/bin/bash
TIMEOUT_SECONDS=10
TOKEN=$(timeout ${TIMEOUT_SECONDS}s curl -s --max-time ${TIMEOUT_SECONDS} \
  "https://auth.example.com/token" 2>/dev/null)
if [ -z "$TOKEN" ] || [ "$TOKEN" = "null" ]; then
  echo "Failed to fetch token" >&2
  exit 1
fi
echo "{\"Authorization\": \"Bearer $TOKEN\"}"
