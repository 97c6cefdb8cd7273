# A template's COPY: source below the uploaded archive, target, owner, mode or nothing, "-z" when the
# archive is compressed. Runs as root in the working directory; the archive comes on standard input.
set -e
work=$(mktemp -d /tmp/copy.XXXXXX)
trap 'rm -rf -- "$work"' EXIT
if [ -n "$5" ]; then tar -x -z --no-same-owner -C "$work"; else tar -x --no-same-owner -C "$work"; fi
chown -hR "$3:" "$work"
[ -z "$4" ] || chmod -R "$4" "$work"
if [ -d "$work/$1" ]; then
  mkdir -p -- "$2"
  cp -a -- "$work/$1/." "$2"
elif [ -e "$work/$1" ] || [ -L "$work/$1" ]; then
  case $2 in
    */) mkdir -p -- "$2" ;;
    */*) mkdir -p -- "${2%/*}/" ;;
  esac
  cp -a -- "$work/$1" "$2"
else
  # A pattern: the archive holds what it matched.
  mkdir -p -- "$2"
  cp -a -- "$work/." "$2"
fi
