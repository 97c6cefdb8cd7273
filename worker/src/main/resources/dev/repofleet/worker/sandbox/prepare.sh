#!/usr/bin/env bash
# Makes the state folder, which is the agent's to neither read nor write, ready for runs. As root.
#
# $1 open: there is a folder · place: run script, base and fence are in it. The fence comes last: without
#    it no start is let through, so a half-prepared sandbox runs nothing.
# In:  RF_FOLDER (the state folder; not RF_STATE, which marks what a clean kills) · RF_HOME the agent's
#      RF_SCRIPT the text of the run script · RF_BASE · RF_FENCE (place)
#      RF_LEASE · RF_LEASE_RUN, see lease.sh
# End: 0 done · 71 the lease is over here, nothing was touched
set -euo pipefail
umask 077
mkdir -p "$RF_FOLDER"
chmod 700 "$RF_FOLDER"
exec 9>>"$RF_FOLDER/clean.lock"
flock 9
require_lease "$RF_FOLDER/cleaned"
case $1 in
  open) mkdir -p "$RF_FOLDER/turns" "$RF_FOLDER/runs" ;;
  place)
    # The template's own, before any agent ran: what an agent writes there would steer the next process.
    if [[ ! -d $RF_FOLDER/settings ]]; then
      rm -rf -- "$RF_FOLDER/settings.tmp"
      mkdir "$RF_FOLDER/settings.tmp"
      for file in "$RF_HOME"/.claude/settings{,.local}.json; do
        [[ ! -f $file ]] || cp -- "$file" "$RF_FOLDER/settings.tmp/"
      done
      mv "$RF_FOLDER/settings.tmp" "$RF_FOLDER/settings"
    fi
    # Beside its place, which it takes with its rights: no moment sees a script that can't run.
    printf '%s' "$RF_SCRIPT" >"$RF_FOLDER/run.sh.tmp"
    chmod 700 "$RF_FOLDER/run.sh.tmp"
    mv "$RF_FOLDER/run.sh.tmp" "$RF_FOLDER/run.sh"
    printf '%s' "$RF_BASE" >"$RF_FOLDER/base.tmp"
    mv "$RF_FOLDER/base.tmp" "$RF_FOLDER/base"
    printf '%s' "$RF_FENCE" >"$RF_FOLDER/fence.tmp"
    mv "$RF_FOLDER/fence.tmp" "$RF_FOLDER/fence"
    ;;
esac
