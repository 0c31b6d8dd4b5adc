#!/usr/bin/env bash
# Shows what an authorization server does with a refresh token that is used twice. It ends that sign-in, so use one that
# you made for this. Reads TOKEN_ENDPOINT and CLIENT_ID, and the refresh token from standard input.
set -euo pipefail

refresh() {
  printf '%s' "$1" | curl -sS --max-time 10 --data grant_type=refresh_token --data-urlencode "client_id=$CLIENT_ID" \
    --data-urlencode refresh_token@- "$TOKEN_ENDPOINT"
}

IFS= read -r first || [[ -n $first ]]
answer=$(refresh "$first")
if ! jq -e 'has("access_token")' <<<"$answer" >/dev/null; then
  echo "refused: $(jq -r '.error' <<<"$answer")"
  exit 1
fi
second=$(jq -r '.refresh_token // empty' <<<"$answer")
if [[ -z $second || $second == "$first" ]]; then
  echo 'no rotation: the refresh token stays as it is'
  exit
fi
echo "first again: $(refresh "$first" | jq -r '.error // "accepted"')"
echo "the second:  $(refresh "$second" | jq -r '.error // "accepted"')"
