#!/bin/bash
# Tells of files at the commit. Reads the copy that the agent can't reach, see tree.sh; what clone.sh
# found ignored lies beside it.
#
# In:  RF_STATE · RF_COMMIT · a verb and the paths as arguments, none with a line break
#   look   for each path, in the order of asking: "blob BYTES", "tree", "missing", or "ignored" for
#          a file that .reviewignore leaves out
#   read   for each path, in the order of asking, what `git cat-file --batch` prints
#   count  for each path, in the order of asking, its number of lines; for files too large to read
set -euo pipefail
# shellcheck disable=SC2086 # a list of names: the template may set any of them
unset ${!GIT_@} ${!XDG_@}
export LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_NO_REPLACE_OBJECTS=1
export GIT_DIR=$RF_STATE/base.git
cd "$GIT_DIR"
git cat-file -e "$RF_COMMIT^{commit}"
verb=$1
shift

look() {
  local -A ignored=()
  local kinds path kind
  if [ -s review-ignored ]; then
    while IFS= read -r path; do
      ignored[$path]=1
    done < <(grep -xF -f <(printf '%s\n' "$@") review-ignored || true)
  fi
  mapfile -t kinds < <(
    for path in "$@"; do
      case $path/ in
        # Git takes these from the current folder, and ends where that is outside.
        ./* | ../*) printf '%040d\n' 0 ;;
        *) printf '%s:%s\n' "$RF_COMMIT" "$path" ;;
      esac
    done | git cat-file --batch-check='%(objecttype) %(objectsize)'
  )
  [ "${#kinds[@]}" -eq $# ]
  for kind in "${kinds[@]}"; do
    case $kind in
      "blob "*) [ -n "${ignored[$1]+x}" ] && kind=ignored ;;
      "tree "*) kind=tree ;;
      *) kind=missing ;;
    esac
    printf '%s\n' "$kind"
    shift
  done
}

case $verb in
  look) look "$@" ;;
  read) printf "$RF_COMMIT:%s\n" "$@" | git cat-file --batch ;;
  count)
    for path in "$@"; do
      git cat-file blob "$RF_COMMIT:$path" | { grep -ac '' || true; }
    done
    ;;
  *) exit 64 ;;
esac
