#!/usr/bin/env bash
# Encodes all .npy files of a folder, one process for each processor. Finished files are left alone, so that it can be run
# again after a failure.
#
#     examples/many/xargs.sh model.vae parts out
set -euo pipefail
model=$1 parts=$2 out=$3
mkdir -p "$out"
find "$parts" -name '*.npy' -print0 | sort -z |
  xargs -0 -P "$(getconf _NPROCESSORS_ONLN)" -I{} sh -c '
    file="$2/$(basename "$3").vaec"
    test -e "$file" || exec vaec encode --quiet -T 1 -m "$1" -q 60 "$3" -o "$file"' sh "$model" "$out" {}
