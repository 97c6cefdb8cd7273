#!/usr/bin/env bash
# Starts the agent of one turn (g, k) once, whoever asks and how often; i counts its processes.
#   start FENCE g k i L0 | state g k | await g k i OFFSET SECONDS | void g k i | stop FENCE g k
# Each prints one line, WORD( NAME=VALUE)*, about the highest i, and exits 0:
#   none · stopped                       no process was ever asked for
#   starting i=N age=SECONDS             asked for, not seen yet; may be voided from 10 s on
#   running i=N out=BYTES age=S          its supervisor lives
#   finished i=N rc=CODE out=BYTES age=S ended; CODE is the agent's, or 128 + signal
#   died i=N out=BYTES age=S             supervisor and agent are gone without a word
#   stopped i=N [rc=CODE] out=B age=S    ended by stop (or before it), never to be started again
# age is how long the agent has worked, to its last output once it is gone, in seconds of the
# machine's uptime, which a pause does not advance; when starting, the time since it was asked for.
# Other exit codes: 1 could not be asked or kept, 64 wrong use, 71 fenced, 72 stopped.
# Environment: RF_ROOT (holds fence, base, turns, runs), RF_WORKDIR, RF_OUTPUT_CAP in bytes,
# RF_AGENT_USER uid:gid, RF_AGENT_HOME, RF_FRESH (a file to be removed before the agent begins),
# RF_STOP_GRACE and RF_START_GRACE in seconds. The agent gets its marks only: RF_RUN, RF_STATE.
set -uo pipefail
umask 077
# What is looked up stands in a variable named like its function: a subshell costs a fork, and this
# is asked after each piece of output.
ROOT=${RF_ROOT:-/var/lib/repofleet} MIB=1048576
declare -A META=()
read -r BOOT </proc/sys/kernel/random/boot_id
die() { echo "repofleet-run: $2" >&2; exit "$1"; }
uptime() { read -r UPTIME _ </proc/uptime && UPTIME=${UPTIME%.*}; }
meta() { # RUN; empty where there is none
  local name value
  META=()
  while IFS='=' read -r name value; do META[$name]=$value; done 2>/dev/null <"$1/meta"
}
held() { # RUN; what could not be asked is no answer
  [[ -e $1/lock ]] || return 1
  { flock -ns -E 75 7 7<"$1/lock"; } 2>/dev/null
  case $? in 75) return 0 ;; 0) return 1 ;; *) die 1 "can't ask for the lock of ${1##*/}" ;; esac
}
fenced() { [[ -n $1 && $(cat "$ROOT/fence" 2>/dev/null) == "$1" ]] || die 71 fenced; }
lock_turn() { mkdir -p "$ROOT/runs" "$TURNS" && exec 8>>"$TURNS/lock" && flock 8; }
mapped() { # UID; whether it exists in this user namespace
  local first count
  while read -r first _ count; do (($1 < first || $1 >= first + count)) || return 0; done
  return 1
} </proc/self/uid_map
kind() { # RUN; meta is looked at before the lock, rc after it: no supervisor slips through
  local seen='' boot=$BOOT
  META=()
  [[ ! -e $1/meta ]] || { seen=1; meta "$1"; boot=${META[boot]-}; }
  if [[ -e $1/void ]]; then KIND=died # whoever holds the lock now will see it and leave
  elif [[ $boot == "$BOOT" ]] && held "$1"; then KIND=running
  elif [[ -e $1/rc ]]; then KIND=finished
  elif [[ $seen ]]; then KIND=died; else KIND=starting; fi
}
measure() { # RUN, after its kind; OUT ends at the cap while it runs: behind it there may be a hole
  local name time size made=0 begun='' last='' cap
  OUT=0 AGE=999999999
  while read -r time size name; do
    case $name in
      "$1") made=$time ;;
      "$1/meta") begun=$time ;;
      *) last=$time OUT=$size ;;
    esac
  done < <(exec stat -c '%Y %s %n' "$1" "$1/meta" "$1/out" 2>/dev/null)
  ((made)) || die 1 "can't look at ${1##*/}"
  [[ -z $begun || ${META[boot]-} ]] || meta "$1" # it has come since
  cap=${META[cap]-}
  [[ -z $cap || -e $1/rc ]] || ((OUT <= cap)) || OUT=$cap
  [[ $begun ]] || { printf -v time '%(%s)T' -1 && AGE=$((time - made)); return; }
  [[ ${META[boot]-} != "$BOOT" ]] || { uptime && AGE=$((UPTIME - ${META[uptime]-0})); }
  [[ $KIND == running ]] || ((${last:-begun} - begun >= AGE)) || AGE=$((${last:-begun} - begun))
  ((AGE >= 0)) || AGE=0
}
newest() {
  local run i
  NEWEST=''
  for run in "$ROOT/runs/$TURN".*[0-9]; do
    i=${run##*.}
    [[ ! $i =~ ^[0-9]+$ ]] || ((i <= ${NEWEST:--1})) || NEWEST=$i
  done
}
line() {
  local run rc=''
  newest
  if [[ -z $NEWEST ]] || ((NEWEST < LOW)); then # below base: lost with another sandbox
    LINE=none
    [[ ! -e $TURNS/stop ]] || LINE=stopped
    return
  fi
  run=$ROOT/runs/$TURN.$NEWEST
  kind "$run"
  [[ $KIND != running ]] || thaw "$run"
  [[ $KIND == running || ! -e $TURNS/stop ]] || KIND=stopped
  [[ $KIND == running || ! -e $run/rc ]] || { read -r rc <"$run/rc" && rc=" rc=$rc"; }
  measure "$run"
  LINE="$KIND i=$NEWEST$rc out=$OUT age=$AGE"
  [[ $KIND != starting ]] || LINE="starting i=$NEWEST age=$AGE"
}
say() { line && echo "$LINE"; }
thaw() { # RUN, after its kind; a snapshot that was killed left its group stopped; one under way holds the lock
  [[ -e $1/frozen ]] || return 0
  {
    flock -n 6 || return 0
    kill -CONT -- "-${META[pgid]-}" 2>/dev/null
    rm -f "$1/frozen"
  } 6>>"$1/freeze.lock"
}
sweep() { # RUN; kills its group, what bears its mark, what can write into its output
  local pids=(x) group='' round
  meta "$1"
  [[ ${META[boot]-} != "$BOOT" ]] || group=${META[pgid]-}
  for ((round = 0; round < 40 && ${#pids[@]}; round++)); do # what forked meanwhile: next round
    [[ -z $group ]] || kill -KILL -- "-$group" 2>/dev/null
    mapfile -t pids < <({ grep -lzsxF "RF_RUN=${1##*/}" /proc/[0-9]*/environ |
      xargs -r grep -lzsxF "RF_STATE=$ROOT"
      find /proc/[0-9]*/fd '(' -lname "$1/out" -o -lname "$1/err" ')' -perm -u=w 2>/dev/null
    } | cut -d/ -f3 | sort -u)
    ((${#pids[@]} == 0)) || { kill -KILL "${pids[@]}" 2>/dev/null; sleep 0.05; }
  done
}
# The agent writes into files: the CLI drops what a pipe does not take at once, and still exits 0.
spare() { # FILE BYTES; gives back the disk of what is over it, but for the end; a writer may go on
  local size
  size=$(stat -c %s "$1") || return
  ((size <= $2 + 4 * MIB)) || fallocate -p -o "$2" -l $((size - $2 - 2 * MIB)) "$1" 2>/dev/null
}
cut_off() { # FILE BYTES; with over 1 MiB more it keeps the first bytes and the last line
  local size last end=$1.end
  if [[ ! -e $end ]]; then # else it was left in the middle, and is done again from there
    size=$(stat -c %s "$1" 2>/dev/null) && ((size > $2 + MIB + 1)) || return 0
    if ! { tail -c "$MIB" "$1" | tail -n 1 >"$end.tmp" && mv "$end.tmp" "$end"; }; then # a full disk
      last=$(tail -c "$MIB" "$1" | tail -n 1) && truncate -s "$2" "$1" && printf '\n%s\n' "$last" >>"$1"
      return
    fi
  fi
  truncate -s "$2" "$1"
  [[ -z $(tail -c 1 "$1") ]] || echo >>"$1"
  cat "$end" >>"$1" && rm -f "$end"
}
ended() { # RUN; nobody writes for it any more
  sweep "$1"
  cut_off "$1/out" "${META[cap]-}"
  cut_off "$1/err" "$MIB"
}
with_its_rights() { env -u RF_FENCE "${as[@]}" -- "$@" 8>&-; } # a link of its own leads root nowhere
only_the_templates_settings() { # an agent's own would say where the next one finds its model
  local file own
  for file in "$RF_AGENT_HOME"/.claude/settings{,.local}.json; do
    own=$ROOT/settings/${file##*/}
    if [[ -f $own ]]; then [[ ! -f $file || -L $file ]] || ! cmp -s -- "$own" "$file" || continue
    elif [[ -e $file || -L $file ]]; then own=''
    else continue; fi
    # shellcheck disable=SC2016
    with_its_rights "$BASH" -c 'mkdir -p "${0%/*}" && chmod u+rwx "${0%/*}" && rm -rf -- "$0" &&
      { [[ ! $1 ]] || cat >"$0"; }' "$file" "$own" <"${own:-/dev/null}" || exit 126
  done
}
agent() { # ARGV…; meta is there before the agent is, and the turn is locked until then
  local uid=${RF_AGENT_USER%:*} gid=${RF_AGENT_USER#*:} as=(setpriv --pdeathsig KILL)
  uptime
  printf '%s\n' "boot=$BOOT" "pgid=$BASHPID" "supervisor=$$" "transcript=$L0" \
    "uptime=$UPTIME" "cap=${RF_OUTPUT_CAP:-268435456}" >"$RUN/meta.tmp" || exit 126
  ((EUID != 0)) || chmod 400 "$RUN/out" "$RUN/err" # not to be opened again, and so emptied
  mv "$RUN/meta.tmp" "$RUN/meta" && cd "${RF_WORKDIR:-$RF_AGENT_HOME}" || exit 126
  if ((EUID == 0)) && mapped "$uid"; then as+=(--reuid "$uid" --regid "$gid" --clear-groups)
  elif ((EUID == 0)); then # root of a namespace without other users: hide the state, drop all power
    # shellcheck disable=SC2016
    as=(unshare -m -- "$BASH" -c 'mount -t tmpfs none "$0" && exec "$@"' "$ROOT" "${as[@]}"
      --bounding-set -all --inh-caps -all --no-new-privs); fi
  # shellcheck disable=SC2016
  [[ -z ${RF_FRESH-} ]] || with_its_rights "$BASH" -c '[[ ! -e $0 && ! -L $0 ]] ||
    { chmod u+rwx "${0%/*}" && rm -f -- "$0"; }' "$RF_FRESH" || exit 126
  only_the_templates_settings
  export HOME=$RF_AGENT_HOME RF_RUN=$KEY RF_STATE=$ROOT
  unset RF_{ROOT,FENCE,FRESH,WORKDIR,OUTPUT_CAP,AGENT_USER,AGENT_HOME,STOP_GRACE,START_GRACE}
  umask 022
  exec "${as[@]}" -- "$@" 8>&-
}
supervise() {
  local argv agent spare rc=0 again=1
  trap again=1 INT TERM HUP # a handler: what is ignored here the agent would ignore too
  exec 9>>"$RUN/lock" && flock 9 && lock_turn || exit 1
  [[ ! -e $RUN/void && ! -e $RUN/meta && ! -e $TURNS/stop ]] || exit 0
  fenced "${RF_FENCE-}"
  : "${RF_AGENT_USER:=1000:1000}" "${RF_AGENT_HOME:=/home/user}"
  mapfile -d '' -t argv <"$ROOT/turns/$KEY/argv"
  # The exit code has its place on the disk before there is one.
  : >"$RUN/out" && : >"$RUN/err" && printf '%-4s\n' '' >"$RUN/rc.tmp" || exit 1
  set -m # every job has a process group of its own, and default signals
  while sleep 1 && [[ -e /proc/$$ ]]; do
    spare "$RUN/out" "${RF_OUTPUT_CAP:-268435456}"
    spare "$RUN/err" "$MIB"
  done 8>&- 9>&- & spare=$!
  agent "${argv[@]}" <"$ROOT/turns/$KEY/prompt" >>"$RUN/out" 2>>"$RUN/err" 9>&- & agent=$!
  exec 8>&-
  set +m # or a stop by a snapshot would end the wait, and be taken for the exit code
  while [[ $(jobs -s) ]]; do sleep 0.1; done # stopped before that: only its end is told now
  while ((again)); do again=0; wait "$agent"; rc=$?; done
  kill -KILL -- "-$spare" 2>/dev/null
  wait "$spare" 2>/dev/null
  ended "$RUN"
  printf '%-4s\n' "$rc" 1<>"$RUN/rc.tmp" && sync "$RUN/out" "$RUN/err" "$RUN/rc.tmp"
  mv "$RUN/rc.tmp" "$RUN/rc" && sync "$RUN"
}
start() {
  local before=$ROOT/runs/$TURN.$((I - 1)) self
  [[ -s $ROOT/turns/$KEY/argv && -r $ROOT/turns/$KEY/prompt ]] || die 64 "no argv or prompt of $KEY"
  ((I >= LOW)) || die 64 "$I is below base $LOW"
  lock_turn || die 1 "can't lock $TURNS"
  fenced "$FENCE"
  [[ ! -e $TURNS/stop ]] || { say; exit 72; }
  if ((I > LOW)); then
    KIND=''
    [[ ! -d $before ]] || kind "$before"
    [[ $KIND == died ]] || { say; exit 0; }
    sweep "$before"
  fi
  if mkdir "$RUN" 2>/dev/null; then
    self=$(readlink -f "${BASH_SOURCE[0]}")
    RF_FENCE=$FENCE setsid -f "$BASH" "$self" supervise "$G" "$K" "$I" "$L0" \
      </dev/null >/dev/null 2>&1 8>&-
  fi
  say
}
await() { # OFFSET SECONDS; sleeps in tail, which watches the file and the supervisor
  local left
  SECONDS=0
  while line && left=$(($2 - SECONDS)) && ((left > 0)); do
    [[ $LINE == "running i=$I "* || $LINE == "starting i=$I "* ]] || break
    if [[ $KIND == running && ${META[supervisor]-} ]]; then
      ((OUT <= $1)) || break
      (($1 < META[cap])) || { sleep 1; continue; } # there is more, but not to be read
      timeout "$left" tail -s 0.2 -f --pid="${META[supervisor]}" \
        -c +"$(($1 + 1))" "$RUN/out" 2>/dev/null | head -c 1 >/dev/null
    else sleep 0.1; fi
  done
  echo "$LINE"
}
void() {
  local age
  line && age=${LINE#"starting i=$I age="}
  if [[ -e $RUN/meta || ($age =~ ^[0-9]+$ && $age -ge ${RF_START_GRACE:-10}) ]]; then
    exec 7>>"$RUN/lock" || die 1 "can't keep the void of $KEY; is the disk full?"
    if flock -w 1 7 && [[ ! -e $RUN/rc ]]; then
      : >"$RUN/void" || die 1 "can't keep the void of $KEY; is the disk full?"
      ended "$RUN"
    fi
    exec 7>&-
  fi
  say
}
stop() {
  local run sig n kept=1
  lock_turn || die 1 "can't lock $TURNS"
  fenced "$FENCE"
  { : >"$TURNS/stop" && sync "$TURNS/stop" "$TURNS"; } || kept=
  exec 8>&- # a supervisor that has not begun sees the stop once it gets the lock
  newest
  run=$ROOT/runs/$TURN.$NEWEST
  kind "$run"
  for sig in INT TERM KILL; do
    [[ $KIND == running ]] || break
    kill -"$sig" -- "-${META[pgid]-}" 2>/dev/null
    kill -CONT -- "-${META[pgid]-}" 2>/dev/null # a checkpoint may have stopped it
    n=50 && [[ $sig != INT ]] || n=$((${RF_STOP_GRACE:-10} * 10))
    while kind "$run" && [[ $((n--)) -gt 0 && $KIND == running ]]; do sleep 0.1; done
  done
  [[ $KIND != running ]] || kill -KILL "${META[supervisor]-}"
  ended "$run"
  [[ $kept ]] || die 1 "can't keep the stop of $TURN; is the disk full?"
  say
}
VERB=${1-} FENCE='' L0=0
case $VERB:$# in
  start:6) FENCE=$2 L0=$6 && set -- "$1" "$3" "$4" "$5" ;;
  stop:4) FENCE=$2 && set -- "$1" "$3" "$4" 0 ;;
  state:3) set -- "$@" 0 ;;
  supervise:5) L0=$5 ;;
  void:4 | await:6) ;;
  *) die 64 "see the head of this file for the verbs and what they take" ;;
esac
for n in "$2" "$3" "$4" "$L0" "${5:-0}" "${6:-0}"; do
  [[ $n =~ ^(0|[1-9][0-9]{0,14})$ ]] || die 64 "not a whole number: $n"
done
G=$2 K=$3 I=$4 TURN=$G.$K KEY=$G.$K.$I RUN=$ROOT/runs/$KEY TURNS=$ROOT/turns/$TURN LOW=0
bg='' && read -r bg bk bi 2>/dev/null <"$ROOT/base"
[[ -z $bg || $bg.$bk != "$TURN" ]] || LOW=$bi
case $VERB in state) say ;; await) await "$5" "$6" ;; *) "$VERB" ;; esac
