#!/bin/sh
# Draws samples as points: their two strongest latents, by gnuplot.
#   embed-and-plot.sh [DATA.npy PLOT.png]
set -eu
vaec=${VAEC:-vaec}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
data=${1:-"$(dirname "$0")/../Fixtures/digits-fit.npy"}
plot=${2:-"$work/plot.png"}

# Two latents are all that this model has: it tells as much as two numbers can.
$vaec fit --objective elbo --latents 2 --hidden 128 --epochs 100 --quiet "$data" -o "$work/two.vae"
$vaec embed --quiet -m "$work/two.vae" --to csv "$data" -o "$work/points.csv"
head -n 3 "$work/points.csv"

if command -v gnuplot > /dev/null; then
  gnuplot -e "set terminal pngcairo size 800,600; set output '$plot'; set datafile separator ',';
    set title 'Latents of $(basename "$data")'; set xlabel 'latent 1'; set ylabel 'latent 2'; unset key;
    plot '$work/points.csv' using 1:2 with points pointtype 7 pointsize 0.6"
  echo "plot: $plot"
else
  echo "gnuplot is not installed: no plot was drawn"
fi
