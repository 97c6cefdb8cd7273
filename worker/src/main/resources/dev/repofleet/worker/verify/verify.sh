#!/bin/bash
# Runs the plan's own command where the agent worked, once, without a terminal and with nothing of
# the fleet in its environment.
#
# In:  RF_FOLDER to run it in · RF_COMMAND for a shell · RF_SECONDS it may take
#      RF_MAX bytes of what it writes that are told: the last ones
# Out: those bytes; on standard error its exit code, 124 or 137 when its time was over
# End: 0 told · 30 there is no such folder
set -euo pipefail
cd -P "$RF_FOLDER" 2>/dev/null || exit 30
command=$RF_COMMAND seconds=$RF_SECONDS most=$RF_MAX
# shellcheck disable=SC2086 # a list of names
unset ${!RF_@}
exec 3>&2
{
  code=0
  trap 'kill -KILL -- "-$!"; exit 143' TERM
  set -m # a group of its own, which ends with the command or with this script
  timeout -k 5 "$seconds" /bin/bash -c "$command" </dev/null 2>&1 3>&- &
  wait "$!" || code=$?
  for _ in {1..30}; do kill -0 -- "-$!" || break; sleep 0.1; done # a `tee` has more to say
  kill -KILL -- "-$!" || true
  printf '%s\n' "$code" >&3
} 2>/dev/null | tail -c "$most" 3>&-
