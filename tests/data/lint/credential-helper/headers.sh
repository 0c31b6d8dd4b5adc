#!/bin/bash
# Generate dynamic authentication headers
TOKEN=$(get-fresh-token-from-somewhere)
cat <<END
{
  "Authorization": "Bearer $TOKEN",
  "X-Timestamp": "$(date -Iseconds)"
}
END
