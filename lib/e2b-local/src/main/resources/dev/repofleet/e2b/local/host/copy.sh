# A template's COPY: source below the uploaded archive, target, owner, mode or nothing, "-z" when the
# archive is compressed. Runs as root in the working directory; the archive comes on standard input.
set -e
work=$(mktemp -d /tmp/copy.XXXXXX)
trap 'rm -rf -- "$work"' EXIT
files=$work/files
mkdir -m 755 "$files"
if [ -n "$5" ]; then tar -x -z --no-same-owner -C "$files"; else tar -x --no-same-owner -C "$files"; fi
chown -hR "$3:" "$files"
[ -z "$4" ] || chmod -R "$4" "$files"
# What is in a folder; a target that was there before keeps its own owner and mode.
into() {
  if [ -d "$2" ]; then
    find "$1" -mindepth 1 -maxdepth 1 -exec cp -a -t "$2" -- {} +
  else
    mkdir -p -- "$2"
    cp -a -- "$1/." "$2"
  fi
}
if [ -d "$files/$1" ]; then
  into "$files/$1" "$2"
elif [ -e "$files/$1" ] || [ -L "$files/$1" ]; then
  case $2 in
    */) mkdir -p -- "$2" ;;
    */*) mkdir -p -- "${2%/*}/" ;;
  esac
  cp -a -- "$files/$1" "$2"
else
  # A pattern: the archive holds what it matched.
  into "$files" "$2"
fi
