#!/bin/sh
# A command that runs once, whoever asks for it and how often, and outlives all of them.
#   start FOLDER COMMAND…   state FOLDER   signal FOLDER NAME
# The folder is the job: out and err, lock (held while it runs), pid (the group of the command), rc
# (its exit code, or 128 + signal). It comes into being with its lock held, so there is no moment at
# which it seems to be dead. Needs setsid and flock (util-linux), and mv -T.
job=$2

state() {
  if [ -e "$job/rc" ]; then echo "ended $(cat "$job/rc")"
  elif [ ! -e "$job" ]; then echo none
  elif flock -n -s -E 75 "$job/lock" true 2>/dev/null; then
    # It may have ended since.
    if [ -e "$job/rc" ]; then echo "ended $(cat "$job/rc")"; else echo lost; fi
  else echo running; fi
}

start() { # COMMAND…; runs in a session of its own
  mkdir -p -- "${job%/*}/" && new=$(mktemp -d "$job.XXXXXX") || exit 1
  : >"$new/out" && : >"$new/err" && exec 9>"$new/lock" && flock 9 || exit 1
  if ! why=$(mv -T -- "$new" "$job" 2>&1); then
    rm -rf -- "$new"
    if [ -d "$job" ]; then echo known; exit 0; fi
    echo "$why" >&2
    exit 1
  fi
  # Nobody may listen any more, and that must not end the job.
  (echo started)
  exec >/dev/null 2>&1 </dev/null
  # Not in the background, where it would ignore SIGINT and SIGQUIT.
  # shellcheck disable=SC2016
  setsid /bin/sh -c 'echo "$$" >"$0/pid.tmp" && mv "$0/pid.tmp" "$0/pid" && exec "$@"' \
    "$job" "$@" >"$job/out" 2>"$job/err" 9>&-
  echo "$?" >"$job/rc.tmp" && mv "$job/rc.tmp" "$job/rc"
}

signal() { # NAME
  tries=100
  while [ "$(state)" = running ] && [ "$tries" -gt 0 ]; do
    if [ -e "$job/pid" ]; then
      kill -s "$1" -- "-$(cat "$job/pid")" 2>/dev/null && echo sent && return
    fi
    tries=$((tries - 1))
    sleep 0.05
  done
  state
}

verb=$1
shift 2
case $verb in start | state | signal) "$verb" "$@" ;; *) exit 64 ;; esac
