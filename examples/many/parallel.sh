#!/usr/bin/env bash
# The same by GNU parallel, here or on the machines of HOSTS, which see the same folders:
#
#     HOSTS=host1,host2 examples/many/parallel.sh model.vae parts out
set -euo pipefail
model=$1 parts=$2 out=$3
mkdir -p "$out"
find "$parts" -name '*.npy' | sort |
  parallel ${HOSTS:+--sshlogin "$HOSTS" --workdir "$PWD"} --halt now,fail=1 --retries 3 \
    "test -e $out/{/}.vaec || vaec encode --quiet -T 1 -m $model -q 60 {} -o $out/{/}.vaec"
