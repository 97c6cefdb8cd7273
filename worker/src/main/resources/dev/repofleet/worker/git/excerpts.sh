#!/bin/bash
# Prints lines of files at the commit, for a report. Reads the copy that the agent can't reach, see
# tree.sh. What is no file there, or has no such lines, is left out.
#
# In:  RF_STATE · RF_COMMIT · RF_MAX bytes in all · FIRST LAST PATH as three arguments a range
# Out: for each range, in the order of asking: "range INDEX" from 0, then its lines, each after a
#      space. A line ends after 1,200 bytes. The first range that is too much ends it.
set -euo pipefail
# shellcheck disable=SC2086 # a list of names: the template may set any of them
unset ${!GIT_@} ${!XDG_@}
export LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_NO_REPLACE_OBJECTS=1
export GIT_DIR=$RF_STATE/base.git
cd "$GIT_DIR"
git cat-file -e "$RF_COMMIT^{commit}"

left=$RF_MAX
for ((index = 0; $# >= 3; index++)); do
  # Git is cut short where the lines end before the file does: how it fares says nothing.
  text=$(git cat-file blob "$RF_COMMIT:$3" 2>/dev/null |
    sed -n "$1,$2p;$2q" | cut -b -1200 | tr -d '\000' | sed 's/^/ /') || true
  shift 3
  [ -n "$text" ] || continue
  left=$((left - ${#text}))
  [ "$left" -ge 0 ] || break
  printf 'range %d\n%s\n' "$index" "$text"
done
