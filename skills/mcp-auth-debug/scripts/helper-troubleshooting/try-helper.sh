#!/usr/bin/env bash
# Runs a headersHelper as Claude Code runs that of a plugin or a project, and says what is wrong with its answer.
# It shows names and lengths, never a value, so that its output may be pasted into an issue.
#
#   try-helper.sh [--keep-env] COMMAND URL [NAME]
#   try-helper.sh "$PWD/scripts/get-headers.sh" https://api.example.com/mcp acme
#
# --keep-env leaves the variables of credentials in place, as for a server of user or local scope.
# A plugin's command often names ${CLAUDE_PLUGIN_ROOT}: export that variable first, and stand in that folder.
# Needs bash 3.2 and jq 1.5, or later. Exit: 0 usable, 1 not, 2 called wrongly.
set -euo pipefail
umask 077

keep=
if [ "${1:-}" = --keep-env ]; then keep=yes; shift; fi
if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  echo 'usage: try-helper.sh [--keep-env] COMMAND URL [NAME]' >&2
  exit 2
fi
command -v jq >/dev/null || { echo 'jq is not installed' >&2; exit 2; }
command=$1 url=$2 name=${3:-acme}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
verdict=0
problem() {
  printf 'PROBLEM  %s\n' "$1"
  verdict=1
}

# Claude Code removes each variable that has one of these words between underscores in its name.
removed=()
if [ -z "$keep" ]; then
  words='(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|KEY|AUTH|COOKIE|PAT|DSN|CREDENTIAL|CREDENTIALS)(_|$)'
  for variable in $(compgen -e); do
    case $variable in GIT_CONFIG_KEY_[0-9]*) continue ;; esac
    upper=$(printf '%s' "$variable" | tr '[:lower:]' '[:upper:]')
    if [[ $upper =~ $words ]]; then removed+=("$variable"); fi
  done
fi
if [ "${#removed[@]}" -gt 0 ]; then
  printf 'removed  %s\n' "${removed[*]}"
  unset "${removed[@]}"
fi

# A job of its own group (set -m), so that what it leaves behind can be seen and ended.
set -m
CLAUDE_CODE_MCP_SERVER_NAME=$name CLAUDE_CODE_MCP_SERVER_URL=$url \
  sh -c "$command" </dev/null >"$work/out" 2>"$work/err" &
job=$!
set +m
exec 3>&2 2>/dev/null # bash would report a job that is killed
tenths=0
while kill -0 "$job" && [ "$tenths" -lt 100 ]; do
  sleep 0.1
  tenths=$((tenths + 1))
done
if kill -0 "$job"; then
  problem 'still running after 10 seconds; Claude Code goes on without it. Give each request a limit of 7 seconds'
  kill -KILL -- "-$job" || true
fi
status=0
wait "$job" || status=$?
exec 2>&3 3>&-
printf 'took     about %d.%d s, exit %d\n' $((tenths / 10)) $((tenths % 10)) "$status"
if [ "$tenths" -lt 100 ] && kill -0 -- "-$job" 2>/dev/null; then
  problem 'it left a process behind, which may hold standard output open'
  kill -KILL -- "-$job" 2>/dev/null || true
fi

if [ "$status" -ne 0 ]; then problem "exit $status: Claude Code connects without its headers"; fi
if [ -s "$work/err" ]; then
  printf 'stderr   %d bytes, which Claude Code shows nowhere. Run the command by hand to read them\n' \
    "$(wc -c <"$work/err")"
fi
if [ ! -s "$work/out" ]; then
  problem 'nothing on standard output'
  exit "$verdict"
fi
if ! jq -es 'length == 1 and (.[0] | type == "object")' "$work/out" >/dev/null 2>&1; then
  printf 'stdout   %d bytes\n' "$(wc -c <"$work/out")"
  problem 'standard output is not one JSON object: a banner before it, a quote in the token, or an error page?'
  exit 1
fi

jq -r 'to_entries[] | (.value | if type == "string" then "\(length) characters" else type end) as $size
  | "header   \(.key | @json): \($size)"' "$work/out"
problems=$(jq -r '
  if length == 0 then "the object is empty" else empty end,
  (to_entries[] | (.key | @json) as $name |
    if (.key | test("\\A[!#$%&\u0027*+.^_`|~0-9A-Za-z-]+\\z") | not) then "\($name) is no legal name of a header"
    elif (.value | type) != "string" then "the value of \($name) is not a string: Claude Code drops the whole answer"
    elif (.value | test("[\r\n]")) then "the value of \($name) has a line break: Claude Code sends nothing"
    elif (.value | test("\\A[\u0020-\u007e]*\\z") | not) then
      "the value of \($name) has characters that a header cannot carry"
    elif (.value | test("\\A *([Bb]earer|[Bb]asic)? *\\z")) then "the value of \($name) holds no credential"
    elif (.value | test("\\$\\{|\\A[Bb]earer +[Bb]earer ")) then
      "the value of \($name) holds a variable that was not replaced, or Bearer twice"
    else empty end)' "$work/out")
while IFS= read -r line; do
  if [ -n "$line" ]; then problem "$line"; fi
done <<<"$problems"

if [ "$verdict" -eq 0 ]; then
  echo 'OK       Claude Code can use this answer. Whether the server takes the token is another question'
fi
exit "$verdict"
