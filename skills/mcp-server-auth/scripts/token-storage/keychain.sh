#!/usr/bin/env bash
# keychain.sh store|read|delete ACCOUNT: one secret of acme-mcp in the keychain of the person.
# `store` reads the secret from standard input. It never stands in an argument.
set -euo pipefail

fail() { printf 'keychain.sh: %s\n' "$1" >&2; exit 1; }
[[ $# == 2 ]] || fail 'usage: keychain.sh store|read|delete ACCOUNT'
action=$1 account=$2
# The name becomes part of a command line of `security`.
[[ $account =~ ^[A-Za-z0-9._@-]+$ ]] || fail 'an account has only letters, digits and . _ @ -'

if [[ $action == store ]]; then
  IFS= read -r secret || [[ -n $secret ]] || fail 'no secret on standard input'
  [[ $secret =~ ^[A-Za-z0-9._~+/=-]+$ ]] || fail 'the secret is empty or has odd characters'
fi

case $(uname -s):$action in
  Darwin:store) printf 'add-generic-password -U -s acme-mcp -a %s -w %s\n' "$account" "$secret" | security -i ;;
  Darwin:read) security find-generic-password -s acme-mcp -a "$account" -w ;;
  Darwin:delete) security delete-generic-password -s acme-mcp -a "$account" >/dev/null ;;
  Linux:store) printf '%s' "$secret" | secret-tool store --label='Acme MCP' service acme-mcp account "$account" ;;
  Linux:read) secret-tool lookup service acme-mcp account "$account" ;;
  Linux:delete) secret-tool clear service acme-mcp account "$account" ;;
  *) fail "cannot $action on $(uname -s)" ;;
esac
