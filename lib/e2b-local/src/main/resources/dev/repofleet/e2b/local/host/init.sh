# First process of a sandbox. It says when the file system stands, then only adopts and reaps what
# detached commands leave behind; `wait` collects children the shell never started, too.
trap : TERM INT HUP
echo ready
exec </dev/null >/dev/null 2>&1 3>&-
while :; do
  sleep 2147483647 &
  wait $!
done
