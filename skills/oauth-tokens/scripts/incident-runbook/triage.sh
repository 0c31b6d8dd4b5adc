#!/usr/bin/env bash
# triage.sh <FILE: says what kind of token the file holds, without showing it and without asking anybody.
set -euo pipefail
jq -sRr --argjson now "$(date +%s)" '
  def part($n): split(".")[$n] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson;
  rtrimstr("\n") |
  if test("^[\\w-]+\\.[\\w-]+\\.[\\w-]*$") then
    part(1) as $claims | ($claims.exp // 0) - $now | . as $left |
    (if $claims.exp == null then "never ends" elif $left > 0 then "alive for \($left) s" else "ended \(-$left) s ago" end) as $life |
    "JWT, \($life)",
    ($claims | {iss, client_id, sub, aud, scope, jti} | to_entries[] | select(.value) | "\(.key): \(.value)")
  else "opaque: ask the authorization server (introspection)" end'
