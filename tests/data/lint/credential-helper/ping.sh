#!/bin/bash
set -e
if ! timeout 2s ping -c 1 vpn-dependent-service.internal >/dev/null 2>&1; then
  exit 1
fi
TOKEN=$(curl -sf -m 30 https://x; wget -qO- https://x)
printf '{"Authorization": "Bearer %s"}\n' "$TOKEN"
