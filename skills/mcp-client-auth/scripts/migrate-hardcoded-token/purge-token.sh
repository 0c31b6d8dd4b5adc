#!/usr/bin/env bash
# Rewrites a repository's history so that no commit holds a token that was committed. REVOKE THE TOKEN FIRST.
#
#   purge-token.sh git@git.example.com:acme/tools.git
#
# Clones the repository as a mirror into ./purged.git, replaces the token there, and looks for what is left.
# Pushes nothing. Needs git and git-filter-repo 2.47 or later.
set -euo pipefail
umask 077

fail() { printf 'purge-token: %s\n' "$1" >&2; exit 1; }

[ $# -eq 1 ] || fail 'usage: purge-token.sh REPOSITORY'
git filter-repo --version >/dev/null 2>&1 || fail 'git-filter-repo is not installed'
[ ! -e purged.git ] || fail 'purged.git exists already; remove it first'

read -rs -p 'The revoked token: ' token || true # An end without a line is judged below.
printf '\n'
[ "${#token}" -ge 8 ] || fail 'a text this short would be replaced in too many places'
case $token in *'==>'* | regex:* | glob:* | literal:*) fail 'this text means something else to git-filter-repo' ;; esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A file, because a command line can be read by other users.
printf '%s==>REVOKED\n' "$token" >"$work/replacements"
printf '%s\n' "$token" >"$work/token"

git clone --quiet --mirror -- "$1" purged.git
git -C purged.git filter-repo --sensitive-data-removal \
  --replace-text "$work/replacements" --replace-message "$work/replacements"

# Counting reads everything; `grep -q` would stop early, and the broken pipe would look like "not found".
left=$(git -C purged.git cat-file --batch-all-objects --batch | { grep -acF -f "$work/token" || true; })
[ "$left" -eq 0 ] || fail "the token is still in purged.git, in $left lines; a file's name may hold it"
printf 'No object holds the token. When everyone knows: git -C purged.git push --force --mirror origin\n'
