#!/bin/bash
# Says of each path how many lines it has at the commit, one line a path in the order of asking:
# "file LINES", "folder", "missing", or "ignored" for a file that .reviewignore leaves out. Reads the
# copy that the agent can't reach, see tree.sh; what clone.sh found ignored lies beside it.
#
# In: RF_STATE · RF_COMMIT · the paths as arguments
set -euo pipefail
# shellcheck disable=SC2086 # a list of names: the template may set any of them
unset ${!GIT_@} ${!XDG_@}
export LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_NO_REPLACE_OBJECTS=1
export GIT_DIR=$RF_STATE/base.git
cd "$GIT_DIR"
git cat-file -e "$RF_COMMIT^{commit}"

ignored() { [ -s review-ignored ] && grep -qxF -e "${1//$'\n'/$'\1'}" review-ignored; }

for path in "$@"; do
  case $(git cat-file -t "$RF_COMMIT:$path" 2>/dev/null || true) in
    blob)
      if ignored "$path"; then
        echo ignored
      else
        echo "file $(git cat-file blob "$RF_COMMIT:$path" | { grep -ac '' || true; })"
      fi
      ;;
    tree) echo folder ;;
    *) echo missing ;;
  esac
done
