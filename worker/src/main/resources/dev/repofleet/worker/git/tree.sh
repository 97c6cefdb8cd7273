#!/bin/bash
# Takes what the agent changed, without reading a line of the Git configuration it may have written.
#
# A copy of the commit's objects stands in the state folder, made before any agent ran and closed to
# it; this is the Git directory of every command here. The repository's own .git is never opened, so
# neither its configuration, hooks, index lock nor its absence matters. The attributes that the
# working tree sets name drivers that no configuration defines. Nothing enters a nested repository:
# Git would ask its status, by its own configuration.
#
# $1 base: make that copy · diff: compare the working tree with the commit · tree: its hash alone
# In:  RF_REPO · RF_STATE · RF_COMMIT · RF_MAX bytes of a patch (diff)
#      RF_LEASE, RF_LEASE_RUN, see lease.sh (base)
# Out: (tree) NUL-ended "tree HASH"
#      (diff) NUL-ended "tree HASH", "changed N", "patch FOLDER SIZE", and "nested PATH", "unfit PATH",
#      "submodule PATH", "ignored PATH", "link PATH", "lfs PATH", at most 50 of each
#      The folder holds the file "patch" and is the caller's to remove.
# End: 0 done · 30 there is no working tree · 71 the lease is over here, nothing was touched
set -euo pipefail
# shellcheck disable=SC2086 # a list of names: the template may set any of them
unset ${!GIT_@} ${!XDG_@}
umask 077

base=$RF_STATE/base.git
mkdir -p "$RF_STATE"
if [ "$1" = base ]; then # no clean begins before it has ended
  exec 9>>"$RF_STATE/clean.lock"
  flock 9
  require_lease "$RF_STATE/cleaned"
fi
find "$RF_STATE" -maxdepth 1 -name 'tree.*' -mmin +15 -exec rm -rf {} + # left by a dead worker
work=$(mktemp -d "$RF_STATE/tree.XXXXXX")
keep=
trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
mkdir "$work/home" "$work/empty"
export HOME=$work/home LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1
export GIT_NO_REPLACE_OBJECTS=1 GIT_ALLOW_PROTOCOL='' GIT_OPTIONAL_LOCKS=0

# /home/user is the agent's: a link in the place of the folder would lead elsewhere.
if [ -L "$RF_REPO" ] || [ ! -d "$RF_REPO" ]; then exit 30; fi
cd -P "$RF_REPO"

plain() {
  git -c core.fsmonitor=false -c core.untrackedCache=false -c core.hooksPath=/dev/null \
    -c core.attributesFile=/dev/null -c core.excludesFile=/dev/null -c core.autocrlf=false \
    -c core.bigFileThreshold=32m -c core.splitIndex=false -c core.quotePath=false \
    -c submodule.recurse=false -c diff.ignoreSubmodules=all -c gc.auto=0 "$@"
}

# The working tree as files; only these commands look at it.
in_tree() { GIT_WORK_TREE=$RF_REPO plain "$@"; }

# What is compared has no working tree, so its attributes don't colour the patch.
no_tree() { (cd "$work/empty" && GIT_WORK_TREE=$work/empty GIT_INDEX_FILE=$work/none plain "$@"); }

tell() { printf '%s\0' "$1"; }

tell_each() { head -z -n 50 | while IFS= read -r -d '' path; do tell "$1 $path"; done; }

# What Git does not add, and then adds nothing: a FIFO, a socket, a device; text that its working-tree-encoding does not
# fit. Each will be told, so no more than can be; any other failure is none of the file's.
leave_unfit() {
  local path encoding code
  in_tree ls-files -z --modified --others --exclude-standard | { grep -zv '/$' || true; } >"$work/modified"
  : >"$work/unfit"
  while IFS= read -r -d '' path; do
    if [ -e "$path" ] && [ ! -L "$path" ] && [ ! -f "$path" ] && [ ! -d "$path" ]; then
      printf '%s\0' "$path" >>"$work/unfit"
    fi
  done <"$work/modified"
  in_tree check-attr -z --stdin working-tree-encoding <"$work/modified" >"$work/encodings"
  while IFS= read -r -d '' path && IFS= read -r -d '' _ && IFS= read -r -d '' encoding; do
    if [ "$encoding" = unspecified ] || [ ! -f "$path" ]; then continue; fi
    code=0
    in_tree add -- ":(top,literal)$path" 2>/dev/null || code=$?
    if [ "$code" = 128 ]; then printf '%s\0' "$path" >>"$work/unfit"; fi # more: it was killed
  done <"$work/encodings"
  if (($(tr -cd '\0' <"$work/unfit" | wc -c) > 50)); then : >"$work/unfit"; fi
  sed -z 's/^/:(top,exclude,literal)/' "$work/unfit" >>"$work/paths"
}

# Brings the index GIT_INDEX_FILE up to the working tree.
add_all() {
  : >"$work/unfit"
  printf '.\0' >"$work/paths"
  in_tree ls-files -z --others --exclude-standard | { grep -z '/$' || true; } | sed -z 's|/$||' >"$work/nested"
  in_tree ls-files -z --stage | { grep -z '^160000 ' || true; } | sed -z 's/^[^\t]*\t//' >"$work/submodules"
  cat "$work/nested" "$work/submodules" | sed -z 's/^/:(top,exclude,literal)/' >>"$work/paths"
  local pause
  for pause in 0.2 0.5 1 2 0; do
    if in_tree add -A --ignore-errors --pathspec-from-file="$work/paths" --pathspec-file-nul 2>"$work/err"; then
      return
    fi
    sleep "$pause" # something still writes: a file was there when listed, and not when read
    if [ "$pause" = 0.5 ]; then leave_unfit; fi
  done
  tail -c 2048 "$work/err" >&2
  return 1
}

# The commit's tree with what the index has otherwise. A folder in which nothing changed keeps the tree that it was
# committed with, also where Git would write a mode of it otherwise; whether it would hangs on which files it looked into.
# Its hash is in $tree, and not printed: in $( ) no failure ends the script.
tree_on() {
  local now
  now=$(in_tree write-tree)
  tree=$1
  if [ "$now" != "$1" ]; then
    no_tree read-tree "$1"
    no_tree diff-tree -r -z --no-renames "$1" "$now" |
      sed -z -n 's/^:[0-7]* \([0-7]*\) [0-9a-f]* \([0-9a-f]*\) [A-Z]$/\1 \2/; N; s/\x00/\t/; p' |
      no_tree update-index -z --index-info
    tree=$(no_tree write-tree)
    rm "$work/none"
  fi
}

# What a submodule's folder has, by names, sizes and times: it may be large, and it is no part of a patch.
submodule_state() {
  if [ "$(realpath -m -- "$RF_REPO/$1")" != "$RF_REPO/$1" ] || [ ! -d "$1" ]; then
    echo none
  else
    { timeout -k 1 20 find "$RF_REPO/$1" -name .git -prune -o -printf '%P %y %s %C@ %l\0' || true; } |
      sort -z | sha256sum | cut -d ' ' -f 1
  fi
}

# Those that hold something, as NUL-ended "STATE PATH".
submodule_states() {
  local path
  while IFS= read -r -d '' path; do
    if [ -n "$(ls -A -- "$path" 2>/dev/null)" ]; then printf '%s %s\0' "$(submodule_state "$path")" "$path"; fi
  done <"$work/submodules"
}

make_base() {
  local format=sha1 commit tree
  if [ -d "$base" ]; then return 0; fi # an agent may have worked on the tree since
  if [ "${#RF_COMMIT}" -eq 64 ]; then format=sha256; fi
  git init -q --bare --template= --object-format=$format "$work/base.git"
  cp -R .git/objects/. "$work/base.git/objects/"
  if [ -f .git/shallow ]; then cp .git/shallow "$work/base.git/shallow"; fi
  cp -p .git/index "$work/base.git/index"
  if [ -f .git/info/attributes ]; then
    mkdir "$work/base.git/info"
    cp .git/info/attributes "$work/base.git/info/attributes"
  fi
  if [ -f .git/review-ignored ]; then cp .git/review-ignored "$work/base.git/review-ignored"; fi
  export GIT_DIR=$work/base.git GIT_INDEX_FILE=$work/base.git/index
  add_all
  submodule_states | sort -z >"$work/base.git/submodules"
  if [ -d .git/lfs/objects ]; then touch "$work/base.git/lfs"; fi
  # Differs from the commit where files were committed against the repository's own attributes.
  commit=$(no_tree rev-parse "$RF_COMMIT^{tree}")
  tree_on "$commit"
  echo "$tree" >"$work/base.git/untouched"
  mv -T "$work/base.git" "$base" || [ -d "$base" ] # made by another attempt meanwhile
  rm -f .git/review-ignored
}

# Takes back what only our adding changed: merges "untouched → commit" into the index.
drop_untouched() {
  local untouched commit
  untouched=$(cat "$base/untouched")
  commit=$(no_tree rev-parse "$RF_COMMIT^{tree}")
  if [ "$untouched" = "$commit" ]; then return; fi
  local now
  now=$(in_tree write-tree)
  rm "$GIT_INDEX_FILE"
  in_tree read-tree -i -m --aggressive "$untouched" "$now" "$commit"
  # Touched by the agent as well: its version stands.
  in_tree ls-files -z --unmerged | { grep -z '^[0-7]* [0-9a-f]* 2'$'\t' || true; } |
    sed -z 's/^\([0-7]* [0-9a-f]*\) 2\t/\1 0\t/' >"$work/ours"
  in_tree ls-files -z --unmerged | sed -z "s/^[^\t]*\t/0 ${commit//?/0}\t/" |
    sort -zu | in_tree update-index -z --index-info
  in_tree update-index -z --index-info <"$work/ours"
}

# A patch is no place for what Git LFS holds, and would put whole files where pointers stood: those are
# left as they were committed, and told.
leave_lfs() {
  local commit now meta path filter
  : >"$work/lfs"
  if [ ! -e "$base/lfs" ]; then return; fi
  commit=$(no_tree rev-parse "$RF_COMMIT^{tree}")
  now=$(in_tree write-tree)
  no_tree diff-tree -r -z --no-renames "$commit" "$now" >"$work/raw"
  # By the attributes of the commit, whatever the agent has made of them.
  no_tree read-tree "$commit"
  while IFS= read -r -d '' meta && IFS= read -r -d '' path; do printf '%s\0' "$path"; done <"$work/raw" |
    no_tree check-attr --cached --stdin -z filter >"$work/filters"
  rm "$work/none"
  while IFS= read -r -d '' meta && IFS= read -r -d '' path && IFS= read -r -d '' -u 3 _ &&
    IFS= read -r -d '' -u 3 _ && IFS= read -r -d '' -u 3 filter; do
    if [ "$filter" = lfs ]; then
      printf '%s\0' "$path" >>"$work/lfs"
      # shellcheck disable=SC2086 # five words
      set -- $meta
      if [ "$1" = :000000 ]; then printf '0 %s\t%s\0' "$3" "$path"; else printf '%s %s\t%s\0' "${1#:}" "$3" "$path"; fi
    fi
  done <"$work/raw" 3<"$work/filters" | in_tree update-index -z --index-info
}

tell_links() {
  local meta path target told=0
  no_tree diff-tree -r -z --no-renames --diff-filter=AMT "$1" "$2" >"$work/raw"
  while IFS= read -r -d '' meta && IFS= read -r -d '' path && ((told < 50)); do
    # shellcheck disable=SC2086 # five words
    set -- $meta
    if [ "$2" != 120000 ]; then continue; fi
    target=$(no_tree cat-file blob "$4" | tr -d '\0')
    case $(realpath -ms -- "$RF_REPO/$(dirname -- "$path")/$target") in
      "$RF_REPO" | "$RF_REPO"/*) case $target in /*) ;; *) continue ;; esac ;;
    esac
    tell "link $path"
    told=$((told + 1))
  done <"$work/raw"
}

# Nobody should have to find out later that a patch does not give the tree it was taken from.
check_patch() {
  local applied
  export GIT_INDEX_FILE=$work/check
  plain --work-tree="$work/empty" read-tree "$2"
  (cd "$work/empty" && plain --work-tree=. apply --cached --whitespace=nowarn "$work/patch" 2>"$work/err") ||
    { tail -c 2048 "$work/err" >&2; return 1; }
  applied=$(plain --work-tree="$work/empty" write-tree)
  if [ "$applied" != "$1" ]; then
    echo "the patch gives tree $applied in place of $1" >&2
    return 1
  fi
}

# Writes the working tree into objects of its own and tells its hash, also in $tree; that of the commit in $commit.
take_tree() {
  mkdir "$work/objects"
  cp -p "$base/index" "$work/index"
  export GIT_DIR=$base GIT_INDEX_FILE=$work/index
  export GIT_OBJECT_DIRECTORY=$work/objects GIT_ALTERNATE_OBJECT_DIRECTORIES=$base/objects
  add_all
  drop_untouched
  leave_lfs
  commit=$(no_tree rev-parse "$RF_COMMIT^{tree}")
  tree_on "$commit"
  tell "tree $tree"
}

make_diff() {
  local tree commit size changed
  take_tree
  changed=$(no_tree diff-tree -r -z --no-renames --name-only "$commit" "$tree" | tr -cd '\0' | wc -c)
  tell "changed $changed"
  set +o pipefail # a reader that has enough ends the writer
  no_tree diff-tree -r -p --binary --full-index --no-renames --no-ext-diff --no-textconv \
    --no-color --src-prefix=a/ --dst-prefix=b/ "$commit" "$tree" | head -c $((RF_MAX + 1)) >"$work/patch"
  tell_each unfit <"$work/unfit" # every one, before those of which fifty are enough
  tell_each nested <"$work/nested"
  submodule_states | sort -z >"$work/submodules-now"
  touch "$base/submodules" # not there in a copy of before there was one
  comm -z -3 "$work/submodules-now" "$base/submodules" | sed -z 's/^\t//; s/^[^ ]* //' | sort -zu | tell_each submodule
  tell_each lfs <"$work/lfs"
  in_tree ls-files -z --others --ignored --exclude-standard --directory | tell_each ignored
  set -o pipefail
  tell_links "$commit" "$tree"
  size=$(stat -c %s "$work/patch")
  if ((size == 0 && changed > 0)); then
    echo "git wrote no patch of what has changed" >&2 # it was killed, for one
    exit 1
  fi
  if ((size > 0 && size <= RF_MAX)); then check_patch "$tree" "$commit"; fi
  tell "patch $work $size"
  keep=yes
}

case $1 in
  base) make_base ;;
  diff) make_diff ;;
  tree) take_tree ;;
esac
