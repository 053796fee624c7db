#!/bin/sh
# Sends what a day has brought to another machine, encoded on the way, and makes sure that it arrived.
#   nightly-over-ssh.sh DATA.npy MODEL.vae NAME      REMOTE="ssh backup.example.org" is where to.
# Without arguments: an example of its own, made of the fixtures; `sh -c` plays the other machine.
set -eu
vaec=${VAEC:-vaec}

if [ $# -eq 0 ]; then
  work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
  fixtures=$(cd "$(dirname "$0")/../Fixtures" && pwd)
  $vaec fit --epochs 20 --quiet "$fixtures/digits-fit.npy" -o "$work/model.vae"
  REMOTE="sh -c"
  set -- "$fixtures/digits-new.npy" "$work/model.vae" "$work/today.vaec"
fi

# The name appears on the other side when all of the stream has arrived.
size=$($vaec encode --quiet -m "$2" --max-error 1% < "$1" |
  ${REMOTE:?is not set} "cat > '$3.part' && mv '$3.part' '$3' && wc -c < '$3'")

# What has arrived is whole, and decodes: a pipe that broke would have left the end missing.
$REMOTE "cat '$3'" | $vaec test --quiet
$REMOTE "cat '$3'" | $vaec decode --quiet -m "$2" | cmp -n 64 - "$1"
echo "arrived: $((size)) bytes instead of $(($(wc -c < "$1")))"
