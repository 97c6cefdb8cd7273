# Runs the arguments and waits. File descriptor 3 leads to the status file of the command: there the
# shell itself reports a child that died of a signal, which the exit code alone cannot tell apart
# from a program that returned 128 + n.
exec 4>&2 2>&3
(exec "$@" 2>&4 3>&- 4>&-)
exit $?
