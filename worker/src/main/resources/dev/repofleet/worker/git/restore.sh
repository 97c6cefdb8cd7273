#!/bin/bash
# Brings a fresh clone on to what a checkpoint held. Runs as the agent's user, before any agent has.
#
# $1 commit: the tree as it was cloned, whatever an attempt before left · apply: the changes on top
#    session: the transcript at its place · settle: it stands, and nobody restores here any more
# In:  RF_REPO · RF_COMMIT · RF_TRANSCRIPT path · RF_FILE path of the patch (apply) or the transcript
#      (session) · RF_ATTEMPT who restores: the last to begin, whose predecessors are refused
#      RF_LEASE, RF_LEASE_RUN, see lease.sh
# End: 0 done · 40 the patch does not apply · 41 another attempt is at it, or it stands
#      71 the lease is over here
set -euo pipefail
# shellcheck disable=SC2086 # a list of names: the template may set any of them
unset ${!GIT_@} ${!XDG_@}
export LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1
export GIT_ALLOW_PROTOCOL='' GIT_LFS_SKIP_SMUDGE=1

# As the clone: the same options give the same files.
options=(-c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.autocrlf=false
  -c core.quotePath=false -c submodule.recurse=false -c gc.auto=0 -c advice.detachedHead=false)
in_repo() {
  git -C "$RF_REPO" "${options[@]}" \
    -c filter.lfs.smudge= -c filter.lfs.process= -c filter.lfs.required=false "$@"
}

# Another attempt may still be at it.
exec 9>>"$(dirname "$RF_REPO")/.repofleet-clone"
flock -w 30 9 || { echo "another attempt does not end" >&2; exit 75; }
require_lease "$(dirname "$RF_REPO")/.repofleet-over"

claim=$(dirname "$RF_REPO")/.repofleet-restore
holder=$(cat "$claim" 2>/dev/null || true)
if [[ $holder == settled* || ($1 != commit && $holder != "$RF_ATTEMPT") ]]; then
  echo "another attempt has it in hand" >&2
  exit 41
fi

case $1 in
  commit)
    printf '%s' "$RF_ATTEMPT" >"$claim"
    rm -f "$RF_REPO/.git/index.lock" "$RF_TRANSCRIPT"
    in_repo reset -q --hard "$RF_COMMIT"
    in_repo clean -q -ffdx
    ;;
  apply) in_repo apply --whitespace=nowarn "$RF_FILE" || exit 40 ;;
  session)
    mkdir -p "$(dirname "$RF_TRANSCRIPT")"
    mv "$RF_FILE" "$RF_TRANSCRIPT"
    ;;
  settle)
    # Its changes are made to what was committed, so the large files come last; not those it has deleted.
    if [ -d "$RF_REPO/.git/lfs/objects" ]; then
      deleted=$(mktemp)
      in_repo ls-files -z -d >"$deleted"
      git -C "$RF_REPO" "${options[@]}" lfs checkout >/dev/null
      (cd "$RF_REPO" && xargs -0 -r rm -f -- <"$deleted")
      rm "$deleted"
    fi
    printf 'settled %s' "$RF_ATTEMPT" >"$claim"
    ;;
esac
