#!/bin/bash
# Copies the session's transcript while the agent stands still, so that nothing is half written.
#
# In:  RF_STATE · RF_KEY g.k.i (not RF_RUN, which marks what is killed with the agent)
#      RF_TRANSCRIPT path · RF_MAX bytes · RF_AGENT_USER uid:gid
#      RF_COPY folder for the file "transcript", RF_STATE/snapshot.SOMETHING; the caller's to remove
# Out: lines "before N" bytes the transcript had before the turn, "frozen MS"
# End: 0 done · 31 no transcript, or it is no file · 32 too large · 33 another one is under way
#
# The agent never stays stopped: this thaws it at its end and at TERM, which `timeout` sends; killed
# itself, it leaves the file "frozen" and the lock free, and the run script's next look thaws.
set -euo pipefail
umask 077
export LC_ALL=C
run=$RF_STATE/runs/$RF_KEY user=${RF_AGENT_USER:-1000:1000}
[ -d "$run" ] || exit 31
exec 6>>"$run/freeze.lock"
flock -n 6 || exit 33 # who holds it thaws; nothing started below keeps it open
find "$RF_STATE" -maxdepth 1 -name 'snapshot.*' -mmin +15 -exec rm -rf {} + 6>&- # left by the dead
group='' keep=''

thaw() {
  # In a trap, a bare "return" gives the signal's status, and `set -e` would end the trap there.
  if [ -z "$group" ]; then return 0; fi
  kill -CONT -- "-$group" 2>/dev/null || true
  rm -f "$run/frozen"
  group=''
}

# A child that is killed before it has begun runs it too. `timeout` sends TERM twice, to its child and
# to its group: the second must cut neither this short nor what it starts.
end() {
  [ "$BASHPID" = $$ ] || return 0
  trap '' INT TERM HUP
  thaw
  if [ -z "$keep" ]; then rm -rf "$RF_COPY"; fi
}

trap end EXIT
trap 'exit 143' INT TERM HUP
mkdir "$RF_COPY"

meta() { sed -n "s/^$2=//p" "$1/meta" 2>/dev/null || true; }

# A group that still runs: its supervisor holds its lock, since this boot.
freeze() {
  local boot held=0 stopping n state
  read -r boot </proc/sys/kernel/random/boot_id
  stopping=$(meta "$run" pgid)
  if [ -z "$stopping" ] || [ "$(meta "$run" boot)" != "$boot" ]; then return; fi
  { flock -ns -E 75 7 7<"$run/lock"; } 2>/dev/null || held=$?
  if [ "$held" -ne 75 ]; then return; fi
  : >"$run/frozen"
  group=$stopping
  kill -STOP -- "-$group" 2>/dev/null || return 0
  for ((n = 0; n < 50; n++)); do # a signal is not obeyed within the call
    state=$(sed 's/.*) //' "/proc/$group/stat" 2>/dev/null || true)
    case $state in R* | S* | D*) sleep 0.01 ;; *) break ;; esac
  done
}

mapped() { # UID; whether it exists in this user namespace
  local first count
  while read -r first _ count; do (($1 < first || $1 >= first + count)) || return 0; done
  return 1
} </proc/self/uid_map

# The path is the agent's to write: opened with its rights, no link, and no pipe to wait for.
copy() {
  "${as[@]}" dd if="$RF_TRANSCRIPT" iflag=nofollow,nonblock,fullblock bs=1M \
    count=$((RF_MAX / 1048576 + 1)) status=none >"$RF_COPY/transcript" 2>/dev/null 6>&-
}

# Told by the turn's first process here that came so far as to say.
before() {
  local n length
  for ((n = 0; n <= ${RF_KEY##*.}; n++)); do
    length=$(meta "$RF_STATE/runs/${RF_KEY%.*}.$n" transcript)
    if [ -n "$length" ]; then
      echo "before $length"
      return
    fi
  done
}

as=(env)
if ((EUID == 0)) && mapped "${user%:*}"; then
  as=(setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --)
fi
if ! size=$("${as[@]}" stat -c %s -- "$RF_TRANSCRIPT" 2>/dev/null 6>&-); then exit 31; fi
if ((size > RF_MAX)); then exit 32; fi # said before anything stands still

copied=yes
began=${EPOCHREALTIME/./}
freeze
copy || copied=
was=$group
thaw
ended=${EPOCHREALTIME/./}

if [ -z "$copied" ] || [ ! -s "$RF_COPY/transcript" ]; then exit 31; fi
if (($(stat -c %s "$RF_COPY/transcript") > RF_MAX)); then exit 32; fi
# A line cut in the middle of its writing would spoil the one that is put behind it.
if [ -n "$(tail -c 1 "$RF_COPY/transcript" | tr -d '\n')" ]; then sed -i '$d' "$RF_COPY/transcript"; fi
if [ ! -s "$RF_COPY/transcript" ]; then exit 31; fi
before
if [ -n "$was" ]; then echo "frozen $(((ended - began) / 1000))"; fi
keep=yes
