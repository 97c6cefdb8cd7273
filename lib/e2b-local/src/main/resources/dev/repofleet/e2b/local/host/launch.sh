# Runs outside the sandbox: makes the pipes of a command below the prefix $0, tells so, and becomes
# the arguments. Pipes by name, as the starting side's own ones end with the first process, and not
# with the last that holds them. Open to all, so that /dev/stdout works for every account inside.
mkfifo -m 666 "$0.out" "$0.err" || exit 1
echo pipes
exec 3>"$0.status" >"$0.out" 2>"$0.err"
exec "$@"
