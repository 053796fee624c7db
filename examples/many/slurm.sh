#!/usr/bin/env bash
#SBATCH --array=0-15
#SBATCH --cpus-per-task=4
# The same by a Slurm array: each task takes every 16th file.
#
#     sbatch examples/many/slurm.sh model.vae parts out
set -euo pipefail
model=$1 parts=$2 out=$3
mkdir -p "$out"
number=0
find "$parts" -name '*.npy' | sort | while read -r file; do
  if test $((number % SLURM_ARRAY_TASK_COUNT)) = "$SLURM_ARRAY_TASK_ID"; then
    packed=$out/$(basename "$file").vaec
    test -e "$packed" || vaec encode --quiet -T "${SLURM_CPUS_PER_TASK:-0}" -m "$model" -q 60 "$file" -o "$packed"
  fi
  number=$((number + 1))
done
