# Runs a command and then tells, on standard error, which processes it left behind.
# $1: a mark for the report. The rest: the command.
mark=$1
shift
"$@"
status=$?

# Those that are just ending get a moment.
tries=0
while :; do
  left=
  for folder in /proc/[0-9]*; do
    pid=${folder#/proc/}
    if [ "$pid" -eq 1 ] || [ "$pid" -eq $$ ]; then continue; fi
    read -r _ name state _ <"$folder/stat" 2>/dev/null || continue
    if [ "$state" = Z ]; then continue; fi
    left="$left$name $(tr '\000' ' ' <"$folder/cmdline" 2>/dev/null)
"
  done
  if [ -z "$left" ] || [ "$tries" -ge 10 ]; then break; fi
  tries=$((tries + 1))
  sleep 0.02
done

printf '\n%s\n%s' "$mark" "$left" >&2
exit "$status"
