#!/bin/sh
# Installs a released agentcore-conform for this machine and checks it against the release's checksums. From the environment:
#   AGENTCORE_CONFORM_VERSION   the release, as v1.2.3; without it the latest
#   AGENTCORE_CONFORM_BINDIR    the folder for the program; without it /usr/local/bin, or ~/.local/bin where that is not writable
#   AGENTCORE_CONFORM_RELEASES  where releases are, for a mirror; without it GitHub
set -eu

give_up() { echo "agentcore-conform: $*" >&2; exit 3; }
have() { command -v "$1" >/dev/null 2>&1; }

releases=${AGENTCORE_CONFORM_RELEASES:-https://github.com/agentcore-conform/agentcore-conform/releases}
case ${AGENTCORE_CONFORM_VERSION:-latest} in
latest) from=$releases/latest/download ;;
v*) from=$releases/download/$AGENTCORE_CONFORM_VERSION ;;
*) give_up "the version $AGENTCORE_CONFORM_VERSION is none; write it as v1.2.3" ;;
esac

case $(uname -s) in
Linux) os=linux ;;
Darwin) os=darwin ;;
*) give_up "there is no archive for $(uname -s) that this script can unpack; take it from $releases" ;;
esac
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
*) give_up "there is no release for $(uname -m); build one with go install" ;;
esac
archive=agentcore-conform_${os}_$arch.tar.gz

bindir=${AGENTCORE_CONFORM_BINDIR:-/usr/local/bin}
if [ -z "${AGENTCORE_CONFORM_BINDIR:-}" ] && [ ! -w "$bindir" ]; then
  bindir=${HOME:?}/.local/bin
fi

fetch() {
  if have curl; then
    curl -fsSL --retry 3 -o "$2" "$1"
  elif have wget; then
    wget -qO "$2" "$1"
  else
    give_up "neither curl nor wget is here; install one of them"
  fi || give_up "could not download $1; check the version and the way to the network"
}

sums() {
  if have sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch "$from/$archive" "$work/$archive"
fetch "$from/checksums.txt" "$work/checksums.txt"
want=$(awk -v name="$archive" '$2 == name { print $1 }' "$work/checksums.txt")
[ -n "$want" ] || give_up "$from/checksums.txt does not name $archive; take another release"
[ "$want" = "$(sums "$work/$archive")" ] || give_up "$archive is not what the release's checksum says; download it again, and trust it no further if that stays so"

tar -xzf "$work/$archive" -C "$work" agentcore-conform
mkdir -p "$bindir"
mv "$work/agentcore-conform" "$bindir/agentcore-conform"
chmod 755 "$bindir/agentcore-conform"
echo "agentcore-conform is in $bindir"
case :$PATH: in *:$bindir:*) ;; *) echo "add $bindir to PATH to call it by its name" ;; esac
