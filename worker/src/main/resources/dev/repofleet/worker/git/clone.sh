#!/bin/bash
# Puts one commit of a repository into an empty folder, as the agent's user, and tells what is there.
#
# In:  RF_REPO folder · RF_COMMIT full object name · RF_URL or RF_BUNDLE · RF_REF full name, or empty
#      RF_DEPTH commits · RF_LIMIT bytes · RF_SUBPATH or empty · RF_PROTOCOLS for Git's allow-list
#      RF_BASE full object name of a commit to compare with, or empty; only with RF_URL
#      RF_RESOLVE host:port:addresses, or empty · RF_GIT_USER, RF_GIT_TOKEN only where a login is needed
#      RF_SUBMODULES yes: the commit's submodules are told · RF_LFS yes: its large files are fetched
#      RF_WITHIN the repository that this is a submodule of, in which case RF_REPO lies in it, or empty
#      RF_LEASE, RF_LEASE_RUN, see lease.sh
# Out: lines "tree HASH", "files N", "bytes N", "extension BYTES EXT", "setting PATH", "login used" where
#      it was given; where there is
#      a .reviewignore "ignored N" files, "rules N", and at most 50 "rule FILE<TAB>PATTERN", or
#      "unheeded too_large|too_slow"; of RF_BASE "changed N" files below the subpath that are not
#      ignored, and each of at most 500 as "changed-path NAME", or "changed missing|large|rules", if
#      it can't be had, makes too much of the folder, or has other .reviewignore files, or if those
#      are too slow; "submodule COMMIT<TAB>PATH<TAB>URL" of each, at most 101, and "held BYTES", the
#      larger of what Git keeps and the files of the commit; on failure what Git wrote to its stderr,
#      and "retry-after VALUE" on stdout where the host said so
#      A clone that stands already is told of once more.
#      What is ignored is not counted. Its paths are in .git/review-ignored, as ignored_paths() says.
# End: 0 done · 20 too large · 21 no such subpath · 22 no such commit · 23 empty · 24 Git failed
#      25 every file is ignored · 26 there is no git-lfs · 27 no space is left here · 71 the lease is over here, nothing was touched
set -euo pipefail
# shellcheck disable=SC2086 # a list of names: the template may set any of them
unset ${!GIT_@} ${!XDG_@}

repo=$RF_REPO
limit_kb=$((RF_LIMIT / 1024 + 1))
home=$(dirname "${RF_WITHIN:-$repo}")
require_lease "$home/.repofleet-over"
marks=$home
modules=$home/.repofleet-submodules
if [ -n "${RF_WITHIN:-}" ]; then
  if [ "$(realpath -m -- "$repo")" != "$repo" ]; then exit 21; fi
  marks=$modules/$(printf %s "$repo" | sha256sum | cut -c 1-16)
  mkdir -p "$marks"
fi
lock=$marks/.repofleet-clone

# A clone whose worker died may still run; two of them must not share a folder.
exec 9>>"$lock"
if ! flock -n 9; then
  kill -KILL -- "-$(cat "$lock")" 2>/dev/null || true
  flock -w 10 9 || { echo "another clone does not end" >&2; exit 75; }
fi
# What stands is not touched again, whoever asks: a worker that stood still may ask when another one's
# agent is at work in it.
cloned=$marks/.repofleet-cloned
asked=$(printf '%s\0' "$RF_COMMIT" "${RF_URL:-}" "${RF_SUBPATH:-}" "${RF_BASE:-}" "$RF_DEPTH" "$RF_LIMIT" \
  ${RF_SUBMODULES:+submodules} ${RF_LFS:+lfs} | sha256sum)
if [ "$(head -n 1 "$cloned" 2>/dev/null)" = "$asked" ]; then
  tail -n +2 "$cloned"
  exit 0
fi
read -r _ _ _ _ group _ </proc/$$/stat
echo "$group" >"$lock"

# With less than 1 MiB of it Git's own words may have had no room either (observed, Git 2.39). It leaves
# what it could not finish.
# shellcheck disable=SC2317 # the trap calls it
no_room() { df -Pk -- "$home" "$work" | awk 'NR > 1 && $4 < 1024 { full = 1 } END { exit !full }'; }

# shellcheck disable=SC2317 # the trap calls it
ended() {
  local full=
  case $1 in
    0 | 2[0-3] | 25 | 26 | 71 | 75) ;;
    *) if no_room; then full=yes; fi ;;
  esac
  cat "$work/told" >&8
  rm -rf "$work"
  if [ -n "$full" ]; then exit 27; fi
}

work=$(mktemp -d)
exec 8>&1 >"$work/told"
# A child that is killed before it has begun would run this too (seen, Bash 5.2).
trap '[ "$BASHPID" != $$ ] || ended $?' EXIT
mkdir "$work/home"
export HOME=$work/home LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1
export GIT_TERMINAL_PROMPT=0 GIT_LFS_SKIP_SMUDGE=1 GIT_ALLOW_PROTOCOL=$RF_PROTOCOLS
# Headers without bodies: the only way to learn Retry-After. Git leaves out the login.
export GIT_TRACE_CURL=$work/trace GIT_TRACE_CURL_NO_DATA=1 GIT_TRACE_REDACT=1
if [ -n "${RF_GIT_TOKEN:-}" ]; then
  # For the repository's host alone: Git LFS may be sent elsewhere.
  RF_GIT_HOST=${RF_URL#*://} RF_GIT_HOST=${RF_GIT_HOST%%/*}
  export RF_GIT_HOST
  cat >"$work/askpass" <<'END'
#!/bin/sh
case $1 in *"/$RF_GIT_HOST'"* | *"@$RF_GIT_HOST'"*) ;; *) exit 1 ;; esac
case $1 in Username*) printf %s "$RF_GIT_USER" ;; *) printf %s "$RF_GIT_TOKEN" ;; esac
END
  chmod 700 "$work/askpass"
  export GIT_ASKPASS=$work/askpass
fi

options=(-c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.autocrlf=false
  -c credential.helper= -c http.followRedirects=false -c http.lowSpeedLimit=1 -c http.lowSpeedTime=60
  -c submodule.recurse=false -c fetch.recurseSubmodules=false -c fetch.unpackLimit=1 -c gc.auto=0
  -c maintenance.auto=false -c advice.detachedHead=false -c core.quotePath=false
  -c transfer.fsckObjects=true -c fetch.fsck.zeroPaddedFilemode=ignore
  -c fetch.fsck.missingSpaceBeforeDate=ignore -c fetch.fsck.badTimezone=ignore)
if [ -n "${RF_RESOLVE:-}" ]; then options+=(-c "http.curloptResolve=$RF_RESOLVE"); fi

pointers=(-c filter.lfs.smudge= -c filter.lfs.process= -c filter.lfs.required=false)

in_repo() { git "${options[@]}" "${pointers[@]}" -C "$repo" "$@"; }

too_large() {
  echo "larger than $RF_LIMIT bytes" >&2
  exit 20
}

failed() {
  # A bundle's has no trace.
  sed -n 's/.*Recv header: *retry-after: */retry-after /Ip' "$work/trace" 2>/dev/null | tail -n 1 || true
  tail -c 8192 "$work/err" >&2
  exit 24
}

size_kb() { du -sk "$repo/.git" 2>/dev/null | cut -f 1; }

# Ends the process $1 when what it writes passes the limit. It may never hear that it is to end: a child
# that is signalled before it has begun goes on (seen, Bash 5.2).
watch_size() {
  while sleep 1 && kill -0 "$1"; do
    if (($(size_kb) > limit_kb)); then
      : >"$work/large"
      kill -TERM "$1"
      return
    fi
  done
}

# Whether what is fetched can be done without.
spare=

fetch() { within_limit fetch -q --no-tags --no-recurse-submodules "$@"; }

# Runs a command of Git that brings objects in.
within_limit() {
  (exec git "${options[@]}" -C "$repo" "$@") >/dev/null 2>"$work/err" &
  local fetching=$! code=0
  watch_size "$fetching" >/dev/null 2>&1 8>&- 9>&- &
  local watching=$!
  wait "$fetching" || code=$?
  kill "$watching" 2>/dev/null || true
  if [ -e "$work/large" ] || (($(size_kb) > limit_kb)); then
    if [ -z "$spare" ]; then too_large; fi
    : >"$work/large"
    return 1
  fi
  return "$code"
}

begin() {
  local format=sha1
  if [ "${#RF_COMMIT}" -eq 64 ]; then format=sha256; fi
  rm -rf "$repo" "$cloned"
  if [ -z "${RF_WITHIN:-}" ]; then rm -rf "$modules"; fi
  git "${options[@]}" -c init.defaultBranch=main init -q --template= --object-format=$format "$repo"
  # The patterns that Git goes by and those that are told are the same bytes, whatever the repository's
  # own attributes say of them. "-" is no encoding, and Git refuses it.
  mkdir "$repo/.git/info"
  echo '.reviewignore -text -ident -filter !working-tree-encoding' >"$repo/.git/info/attributes"
}

has_commit() { in_repo cat-file -e "$RF_COMMIT^{commit}" 2>/dev/null; }

# The same sentences as in GitFailures.
no_such_object="not our ref|unadvertised object|(couldn't find|no such) remote ref"

# Some hosts give a commit only under a name, some only whole histories.
refused_by_name() {
  grep -qiE "$no_such_object|supports? shallow|shallow capabilities" "$work/err"
}

fetch_from_url() {
  if fetch "--depth=$RF_DEPTH" -- "$RF_URL" "$RF_COMMIT"; then return; fi
  refused_by_name || failed
  if [ -n "${RF_REF:-}" ] && fetch "--depth=$RF_DEPTH" -- "$RF_URL" "$RF_REF" && has_commit; then
    return
  fi
  begin
  fetch -- "$RF_URL" '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*' || failed
}

fetch_from_bundle() {
  echo "$RF_COMMIT" >"$repo/.git/shallow"
  fetch -- "$RF_BUNDLE" HEAD || failed
}

# Brings the commit in with which the other is compared. Only its tree is: that was reviewed, whether
# or not a line of history leads from it. A host that can't be reached fails the clone as before.
fetch_base() {
  if in_repo cat-file -e "$RF_BASE^{commit}" 2>/dev/null; then return; fi
  spare=yes
  if ! fetch --depth=1 -- "$RF_URL" "$RF_BASE"; then
    if [ -e "$work/large" ]; then
      find "$repo/.git/objects/pack" -name 'tmp_*' -delete
      rm -f "$work/large"
      base=large
    elif refused_by_name || grep -qiE 'remote error|not valid' "$work/err"; then
      base=missing
    else
      failed
    fi
  elif ! in_repo cat-file -e "$RF_BASE^{commit}" 2>/dev/null; then
    base=missing
  fi
  spare=
}

# NUL-ended names as lines: a line end within a name becomes \001.
as_lines() { tr '\n\0' '\1\n'; }

# Reads the names in the file $without.
# shellcheck disable=SC2016 # for awk
read_left_out='BEGIN { while ((getline line <ENVIRON["without"]) > 0) left_out[line] = 1 }'

# Counts the tree $1, whose names begin with $2, without the names in the file $3.
tell_inventory() {
  in_repo ls-tree -r -l -z --full-tree "$1" | as_lines | prefix=$2 without=${3:-/dev/null} awk -F '\t' "$read_left_out"'
    {
      split($1, part, " ")
      name = substr($0, index($0, "\t") + 1)
      if (part[2] != "blob" || (ENVIRON["prefix"] name) in left_out) next
      files++
      bytes += part[4]
      sub(/^.*\//, "", name)
      gsub(/[[:cntrl:]]/, "", name)
      kind = match(name, /\.[A-Za-z0-9+_-]+$/) ? tolower(substr(name, RSTART + 1)) : "/" name
      sizes[kind] += part[4]
    }
    END {
      printf "files %.0f\nbytes %.0f\n", files, bytes
      for (kind in sizes) printf "extension %.0f %s\n", sizes[kind], kind
    }' >"$work/inventory"
}

counted() { sed -n "s/^$1 //p" "$work/inventory"; }

# Lists the .reviewignore files that say something about the subpath, as lines of "HASH NAME": those
# in it, and those above it. Links are none.
rule_files() {
  in_repo ls-files -z -s -- ':(top,glob)**/.reviewignore' | as_lines | awk -F '\t' '
    {
      name = substr($0, index($0, "\t") + 1)
      folder = substr(name, 1, length(name) - length(".reviewignore"))
      below = ENVIRON["RF_SUBPATH"] == "" ? "" : ENVIRON["RF_SUBPATH"] "/"
      split($1, part, " ")
      inside = substr(folder, 1, length(below)) == below
      above = substr(below, 1, length(folder)) == folder
      if (part[1] ~ /^100/ && (inside || above)) print part[2], name
    }' >"$work/rule-files"
}

# Matching is this many patterns times as many files, each with as much going back as the pattern
# asks for: a hostile file must not keep the clone busy. Then all files are reviewed.
heedable() {
  (($(wc -l <"$work/rule-files") <= 200)) || return 1
  local size
  size=$(cut -d ' ' -f 1 "$work/rule-files" | in_repo cat-file --batch-check='%(objectsize)' |
    awk '{ all += $1 } END { printf "%.0f", all }')
  ((size <= 262144))
}

# The patterns as Git sees them, to whom a NUL is the end of one; without comments, each once for each
# file that has it.
tell_rules() {
  local line hash name
  while IFS= read -r line; do
    hash=${line%% *} name=${line#* }
    in_repo cat-file blob "$hash" | sed 's/\x00.*//' | tr -d '\000-\010\013-\037\177' | grep -av -e '^#' -e '^[[:space:]]*$' |
      cut -b 1-1000 | name=${name//[[:cntrl:]]/} awk '{ print "rule " ENVIRON["name"] "\t" $0 }' || true
  done <"$work/rule-files" >"$work/rules"
  echo "rules $(wc -l <"$work/rules")"
  head -n 50 "$work/rules"
}

# Which tracked files the repository's own .reviewignore leaves out, to the file "ignored", as lines.
ignored_paths() {
  local code=0
  timeout -k 1 10 git "${options[@]}" -C "$repo" ls-files -z -i -c --exclude-per-directory=.reviewignore \
    -- ${RF_SUBPATH:+":(top,literal)$RF_SUBPATH"} 2>"$work/err" >"$work/ignored-names" || code=$?
  as_lines <"$work/ignored-names" >"$work/ignored"
  return "$code"
}

# Leaves out of the inventory what .reviewignore does, and tells of it.
heed_rules() {
  local code=0 before
  rule_files
  if [ ! -s "$work/rule-files" ]; then return; fi
  if ! heedable; then
    echo "unheeded too_large"
    return
  fi
  ignored_paths || code=$?
  case $code in
    0) ;;
    124 | 137)
      echo "unheeded too_slow"
      # The matching at the base may have come to its end: what it left out, nobody has reviewed.
      base=${base:-rules}
      : >"$work/ignored"
      return
      ;;
    *)
      tail -c 2048 "$work/err" >&2
      exit "$code"
      ;;
  esac
  before=$(counted files)
  tell_inventory "$RF_COMMIT${RF_SUBPATH:+:$RF_SUBPATH}" "${RF_SUBPATH:+$RF_SUBPATH/}" "$work/ignored"
  if [ "$(counted files)" = 0 ]; then exit 25; fi
  cp "$work/ignored" "$repo/.git/review-ignored"
  echo "ignored $((before - $(counted files)))"
  tell_rules
}

# Tells what differs from the base, as far as it is under review. Of names that are very long
# together none is told: half a list would call a file unchanged.
tell_changes() {
  if [ -n "$base" ]; then
    echo "changed $base"
    return
  fi
  in_repo diff-tree -r -z --no-renames --name-only "$RF_BASE" "$RF_COMMIT" \
    -- ${RF_SUBPATH:+":(top,literal)$RF_SUBPATH"} | as_lines >"$work/changed"
  if same_rules; then
    touch "$work/ignored"
    without=$work/ignored awk "$read_left_out"'!($0 in left_out)' "$work/changed" >"$work/changed-here"
    echo "changed $(wc -l <"$work/changed-here")"
    if (($(wc -c <"$work/changed-here") <= 1000000)); then
      head -n 500 "$work/changed-here" | tr '\r' '\1' | sed 's/^/changed-path /'
    fi
  else
    echo "changed rules"
  fi
}

# Also above the subpath: a file that was ignored then was never reviewed.
same_rules() {
  in_repo diff-tree -r --quiet --no-renames "$RF_BASE" "$RF_COMMIT" -- ':(top,glob)**/.reviewignore'
}

# What Git LFS holds of the commit. Its address is taken from the repository's URL, and nothing from what
# the repository says of it.
fetch_lfs() {
  if ! in_repo grep -q 'filter=lfs' "$RF_COMMIT" -- ':(top,glob)**/.gitattributes'; then return; fi
  if ! command -v git-lfs >/dev/null; then exit 26; fi
  local url=${RF_URL%/}
  options+=(-c "lfs.url=${url%.git}.git/info/lfs" -c lfs.fetchinclude= -c lfs.fetchexclude=
    -c lfs.activitytimeout=60 -c lfs.concurrenttransfers=4
    # It asks eight times more, for what is refused as well: by itself up to ten seconds apart.
    -c lfs.transfer.maxretrydelay=1)
  within_limit lfs fetch "$RF_URL" "$RF_COMMIT" || failed
  held=$(($(lfs_bytes) + held))
  if ((held / 1024 > limit_kb)); then too_large; fi
  # So that Git takes what stands in the working tree for what was committed.
  in_repo lfs install --local --skip-smudge --skip-repo >/dev/null 2>"$work/err" || failed
  git "${options[@]}" -C "$repo" lfs checkout >/dev/null 2>"$work/err" || failed
}

# Of all files that are to be put in the place of pointers: many may point to one object.
lfs_bytes() {
  in_repo lfs ls-files -l "$RF_COMMIT" | cut -c 1-64 | sed -E "s|^(..)(..).*|.git/lfs/objects/\1/\2/&|" |
    (cd "$repo"; xargs -r stat -c %s 2>/dev/null || true) | awk '{ all += $1 } END { printf "%.0f", all }'
}

# The commit's submodules, with the URLs that its .gitmodules gives them.
tell_submodules() {
  in_repo ls-tree -r -z --full-tree "$RF_COMMIT" | as_lines | awk '$1 == "160000"' >"$work/links"
  if [ ! -s "$work/links" ]; then return; fi
  { in_repo config -z --blob "$RF_COMMIT:.gitmodules" --get-regexp '^submodule\..*\.(path|url)$' 2>/dev/null || true; } |
    as_lines >"$work/modules"
  links=$work/links awk '
    {
      split_at = index($0, "\001")
      key = substr($0, 1, split_at - 1)
      value = substr($0, split_at + 1)
      name = substr(key, 1, length(key) - 4)
      if (key ~ /\.url$/) url[name] = value
      else path[substr(key, 1, length(key) - 5)] = value
    }
    END {
      for (name in path) url_of[path[name]] = url[name]
      while ((getline line <ENVIRON["links"]) > 0 && told++ < 101) {
        split(line, part, /[ \t]/)
        place = substr(line, index(line, "\t") + 1)
        print "submodule " part[3] "\t" place "\t" url_of[place]
      }
    }' "$work/modules" | tr '\r' '\1'
}

begin
if [ -n "${RF_BUNDLE:-}" ]; then fetch_from_bundle; else fetch_from_url; fi
base=
if [ -n "${RF_BASE:-}" ] && has_commit; then fetch_base; fi
rm -f "$repo/.git/FETCH_HEAD"
if ! has_commit; then
  echo "no commit $RF_COMMIT" >&2
  exit 22
fi

tell_inventory "$RF_COMMIT" ""
if (($(counted bytes) / 1024 > limit_kb)); then too_large; fi
held=$(counted bytes)
if [ -z "${RF_WITHIN:-}" ] && grep -qx 'files 0' "$work/inventory"; then exit 23; fi
if [ -n "${RF_SUBPATH:-}" ]; then
  if [ "$(in_repo cat-file -t "$RF_COMMIT:$RF_SUBPATH" 2>/dev/null)" != tree ]; then exit 21; fi
  tell_inventory "$RF_COMMIT:$RF_SUBPATH" "$RF_SUBPATH/"
fi
in_repo checkout -q --detach "$RF_COMMIT" >/dev/null 2>"$work/err" || failed

if [ "${RF_LFS:-}" = yes ] && [ -n "${RF_URL:-}" ]; then fetch_lfs; fi
if [ -z "${RF_WITHIN:-}" ]; then heed_rules; fi
if [ "${RF_SUBMODULES:-}" = yes ]; then
  tell_submodules
  kept=$(($(size_kb) * 1024))
  echo "held $((kept > held ? kept : held))"
fi
if [ -n "${RF_BASE:-}" ]; then tell_changes; fi
if [ -n "${RF_GIT_TOKEN:-}" ]; then echo 'login used'; fi
echo "tree $(in_repo rev-parse "$RF_COMMIT^{tree}")"
grep -v '^extension ' "$work/inventory"
# A reader that has enough ends the writer: no failure.
set +o pipefail
grep '^extension ' "$work/inventory" | sort -k 2,2nr | head -n 200
in_repo ls-tree -r --name-only --full-tree "$RF_COMMIT" |
  grep -E '(^|/)(\.claude/|\.mcp\.json$|CLAUDE(\.local)?\.md$|AGENTS\.md$)' |
  head -n 50 | sed 's/^/setting /'
{ printf '%s\n' "$asked"; cat "$work/told"; } >"$cloned.tmp"
mv "$cloned.tmp" "$cloned"
exit 0
