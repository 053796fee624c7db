#!/bin/sh
# Streams can be joined by cat, and rows taken from them: no tool of our own is needed.
#   split-and-join.sh
set -eu
vaec=${VAEC:-vaec}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
fixtures=$(cd "$(dirname "$0")/../Fixtures" && pwd)
cd "$work"
$vaec fit --epochs 20 --quiet "$fixtures/digits-fit.npy" -o model.vae

# Two days, encoded apart; the week is one after the other.
$vaec encode --quiet -m model.vae "$fixtures/digits-new.npy" -o monday.vaec
$vaec encode --quiet -m model.vae "$fixtures/digits-fit.npy" -o tuesday.vaec
cat monday.vaec tuesday.vaec > week.vaec
$vaec test --quiet week.vaec

# Split again: the rows of each day, without decoding the others.
monday=$($vaec info --json monday.vaec | sed -n 's/.*"samples": *\([0-9]*\).*/\1/p' | head -n 1)
$vaec decode --quiet -m model.vae --rows ":$monday" week.vaec -o first.npy
$vaec decode --quiet -m model.vae --rows "$monday:" week.vaec -o rest.npy
$vaec decode --quiet -m model.vae monday.vaec -o monday.npy
$vaec decode --quiet -m model.vae tuesday.vaec -o tuesday.npy
cmp first.npy monday.npy
cmp rest.npy tuesday.npy
echo "the first $monday rows of the week are Monday's"
