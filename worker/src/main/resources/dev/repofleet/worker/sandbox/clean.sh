#!/usr/bin/env bash
# Makes a sandbox ready for its repository's next lease: no process of the lease that ends goes on,
# and nothing of it is left in the state folder, the agent's home and the temporary folders.
# In:   RF_FOLDER (the state folder; not RF_STATE, which marks what is killed) · RF_LEASE that ends
#       · RF_USER the agent's · RF_HOME of it
# Exit: 0 cleaned, now or before · 71 another lease has it, nothing was touched · 72 the agent itself
#       is installed in its home · 73 processes survived · others: it failed half-way
# A lease cleans once: what comes late, when another lease is at work here, finds its own name.
set -euo pipefail
umask 077
mkdir -p "$RF_FOLDER"
chmod 700 "$RF_FOLDER"
home=$(readlink -f "$RF_HOME") uid=$(id -u "$RF_USER")
fence() {
  printf '%s' "$1" >"$RF_FOLDER/fence.tmp"
  mv "$RF_FOLDER/fence.tmp" "$RF_FOLDER/fence"
}
of_user() { # the agent's, by status: a process may hide its folder's owner; the dead are no matter
  local dir key a b c d
  [[ $uid != 0 ]] || return 0 # local sandboxes without root have one user
  for dir in /proc/[0-9]*; do
    while read -r key a b c d; do
      case $key in
        State:) [[ $a != [ZX] ]] || break ;;
        Uid:)
          [[ " $a $b $c $d " != *" $uid "* ]] || echo "$dir"
          break
          ;;
      esac
    done 2>/dev/null <"$dir/status" || true
  done
}
processes() { # with the run script, which starts agents, and everything that bears its mark
  {
    of_user
    grep -lzsxF "RF_STATE=$RF_FOLDER" /proc/[0-9]*/environ || true
    grep -lzsxF "$RF_FOLDER/run.sh" /proc/[0-9]*/cmdline || true
  } | cut -d/ -f3 | sort -u
}
exec 9>>"$RF_FOLDER/clean.lock"
flock 9
if grep -qsxF -- "$RF_LEASE" "$RF_FOLDER/cleaned"; then
  [[ $(cat "$RF_FOLDER/fence") == "returned $RF_LEASE" ]] || exit 71
  exit 0
fi
fence cleaning # from here on no agent is started
agent=$(PATH=$home/.local/bin:$home/bin:$PATH command -v claude || true)
[[ -z $agent || $(readlink -f "$agent") != "$home"/* ]] || exit 72
end_processes() {
  local pids
  for ((round = 0; ; round++)); do # what forked meanwhile: next round
    mapfile -t pids < <(processes)
    ((${#pids[@]})) || break
    ((round < 40)) || exit 73
    kill -KILL "${pids[@]}" 2>/dev/null || true
    sleep 0.05
  done
}
empty() { # and leaves word, for what the agent's user does, that the lease is over
  local folder
  find "$RF_FOLDER" -mindepth 1 -maxdepth 1 \
    ! -name fence ! -name clean.lock ! -name cleaned -exec rm -rf -- {} +
  find "$home" -mindepth 1 -maxdepth 1 -exec rm -rf -- {} +
  for folder in /tmp /var/tmp /dev/shm; do
    [[ ! -d $folder ]] ||
      find "$folder" -mindepth 1 -maxdepth 1 -user "$uid" -exec rm -rf -- {} +
  done
  [[ ! -d /etc/skel ]] || cp -RT /etc/skel "$home"
  { cat "$RF_FOLDER/cleaned" 2>/dev/null || true; printf '%s\n' "$RF_LEASE"; } >"$home/.repofleet-over"
  chown -R "$RF_USER" "$home"
  chmod u+rwx "$home"
}
for ((again = 0; ; again++)); do
  end_processes
  empty
  [[ -n $(processes) ]] || break # begun before it could know that the lease is over
  ((again < 5)) || exit 73
done
fence "returned $RF_LEASE"
printf '%s\n' "$RF_LEASE" >>"$RF_FOLDER/cleaned"
