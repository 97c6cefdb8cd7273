# Arguments: number of variables, working directory, command and its arguments. The variables come
# under neutral names (E2B_LOCAL_ENV_0=NAME=value, …), so that none of them, LD_PRELOAD for one,
# touches the programs that run before this point.
_e2b_count=$1
_e2b_directory=$2
shift 2
_e2b_index=0
while [ "$_e2b_index" -lt "$_e2b_count" ]; do
  eval "export \"\$E2B_LOCAL_ENV_$_e2b_index\"; unset E2B_LOCAL_ENV_$_e2b_index"
  _e2b_index=$((_e2b_index + 1))
done
cd -- "$_e2b_directory" 2>/dev/null || {
  echo "cwd"
  exit 0
}
if [ -t 0 ]; then
  echo "pid $$ $(/usr/bin/tty)"
else
  echo "pid $$"
fi
unset OLDPWD
exec "$@"
