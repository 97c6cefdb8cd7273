# One file operation. The first line of the answer is a word, data follows it. Paths are absolute.
operation=$1
path=$2
fields='%y\0%Y\0%s\0%m\0%M\0%u\0%g\0%T@\0%l\0%P\0'

answer() {
  printf '%s\n' "$1"
  exit 0
}

exists() {
  [ -e "$1" ] || [ -L "$1" ]
}

refuse() {
  case $1 in
    *"ermission denied"* | *"not permitted"* | *"ead-only"*) answer denied ;;
    *"No space left"* | *"quota exceeded"*) answer full ;;
    *"ot a directory"*) answer notdirectory ;;
    *"s a directory"*) answer directory ;;
    *) answer "failed $(printf '%s' "$1" | tr '\n' ' ')" ;;
  esac
}

make_parent() {
  parent=${1%/*}
  { [ -z "$parent" ] || [ -d "$parent" ]; } && return
  error=$(mkdir -p -- "$parent" 2>&1) || refuse "$error"
}

entry() {
  echo ok
  exec find "$1" -maxdepth 0 -printf "$fields"
}

case $operation in
  stat)
    exists "$path" || answer missing
    entry "$path"
    ;;
  list)
    exists "$path" || answer missing
    [ -d "$path" ] || answer notdirectory
    [ -r "$path" ] || answer denied
    echo ok
    exec find "${path%/}/" -mindepth 1 -maxdepth "$3" -printf "$fields" 2>/dev/null
    ;;
  mkdir)
    [ -d "$path" ] && answer exists
    exists "$path" && answer notdirectory
    error=$(mkdir -p -- "$path" 2>&1) || refuse "$error"
    entry "$path"
    ;;
  move)
    exists "$path" || answer missing
    make_parent "$3"
    error=$(mv -fT -- "$path" "$3" 2>&1) || refuse "$error"
    entry "$3"
    ;;
  remove)
    error=$(rm -rf -- "$path" 2>&1) || refuse "$error"
    answer ok
    ;;
  write)
    [ -d "$path" ] && answer directory
    make_parent "$path"
    error=$(exec 2>&1 && exec cat >"$path") || refuse "$error"
    answer ok
    ;;
  compose)
    # The parts follow; the result takes its place at once or not at all.
    shift 2
    [ -d "$path" ] && answer directory
    for part in "$@"; do
      [ -f "$part" ] || answer missing
    done
    make_parent "$path"
    whole=$path.compose.$$
    error=$({ cat -- "$@" >"$whole"; } 2>&1 && mv -fT -- "$whole" "$path" 2>&1) || {
      rm -f -- "$whole"
      refuse "$error"
    }
    for part in "$@"; do
      [ "$part" = "$path" ] || rm -f -- "$part"
    done
    answer ok
    ;;
  watch)
    # A look for each line that comes, with the inode behind each entry, and "end" behind each look.
    exists "$path" || answer missing
    [ -d "$path" ] || answer notdirectory
    [ -r "$path" ] || answer denied
    echo ok
    while read -r _; do
      find "${path%/}/" -mindepth 1 -maxdepth "$3" -printf "$fields%i\0" 2>/dev/null
      printf 'end\0'
    done
    ;;
  read)
    # $3 first byte, or -1 for "the last $4 bytes"; $4 last byte, or -1 for "to the end".
    exists "$path" || answer missing
    [ -d "$path" ] && answer directory
    [ -e "$path" ] || answer missing
    [ -f "$path" ] || answer irregular
    [ -r "$path" ] || answer denied
    exec 3<"$path"
    size=$(stat -L -c %s - <&3)
    first=$3
    last=$4
    if [ "$first" -lt 0 ]; then
      first=$((size - last))
      [ "$first" -lt 0 ] && first=0
      last=-1
    fi
    if [ "$last" -lt 0 ] || [ "$last" -ge "$size" ]; then
      last=$((size - 1))
    fi
    count=$((last - first + 1))
    [ "$count" -lt 0 ] && count=0
    echo "ok $size $first $count"
    [ "$count" -eq 0 ] && exit 0
    exec dd bs=131072 skip="$first" count="$count" iflag=skip_bytes,count_bytes,fullblock status=none <&3
    ;;
esac
