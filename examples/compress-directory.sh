#!/bin/sh
# Compresses all arrays below a directory, as many at a time as there are processors.
#   compress-directory.sh [DIRECTORY MODEL.vae]      Without: an example of its own, made of the fixtures.
set -eu
vaec=${VAEC:-vaec}

if [ $# -eq 0 ]; then
  work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
  fixtures=$(cd "$(dirname "$0")/../Fixtures" && pwd)
  $vaec fit --epochs 20 --quiet "$fixtures/digits-fit.npy" -o "$work/model.vae"
  mkdir -p "$work/data/monday" "$work/data/tuesday"
  for day in monday tuesday; do cp "$fixtures/digits-new.npy" "$work/data/$day/digits.npy"; done
  set -- "$work/data" "$work/model.vae"
fi

# Each process has one thread: the files are the parallel part.
find "$1" -name '*.npy' -print0 |
  xargs -0 -n 1 -P "$(getconf _NPROCESSORS_ONLN)" $vaec encode -T 1 --quiet -m "$2" -q 60

# Every stream is whole, and there is one for each array.
find "$1" -name '*.vaec' -print0 | xargs -0 $vaec test --quiet
[ "$(find "$1" -name '*.npy' | wc -l)" -eq "$(find "$1" -name '*.vaec' | wc -l)" ]
echo "$(find "$1" -name '*.npy' -exec cat {} + | wc -c) bytes became $(find "$1" -name '*.vaec' -exec cat {} + | wc -c)"
