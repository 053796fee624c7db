"""The table of kernels.c: GFLOP/s of matrix products, and their share of the processor's peak."""

import re
import shutil
import subprocess
import sys

from bench import HERE, Failure

ROOT = HERE.parents[1]
#: Perhaps what kind of product it is, rows, inner, outer, GFLOP/s, and the share of the peak.
LINE = re.compile(r"\s*(\w* *)\b(\d+)\s+(\d+)\s+(\d+)\s+([\d.]+)\s+([\d.]+)\s*%?\s*$")


def measure(bench):
    source = HERE / "kernels.c"
    compiler = shutil.which(bench.options.cc)
    if not source.is_file() or compiler is None:
        print(f"\nKernels: skipped, there is no {source.name if compiler else bench.options.cc}")
        return
    program = bench.path("kernels")
    done = subprocess.run(
        [compiler, "-O2", f"-I{ROOT}/Sources/CKernels/include", str(source),
         *map(str, sorted((ROOT / "Sources/CKernels").glob("*.c"))), "-lm", "-lpthread", "-o", str(program)],
        capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"kernels.c: {done.stderr.strip()[:2000]}")
    done = subprocess.run([str(program)], capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"kernels: exit {done.returncode}\n{done.stderr.strip()[:2000]}")
    print("\nKernels: matrix products on one thread")
    for line in done.stdout.splitlines():
        print(f"  {line}")
    sys.stdout.flush()
    bench.found["kernels"] = [
        {"kind": m[1].strip() or None, "rows": int(m[2]), "inner": int(m[3]), "outer": int(m[4]),
         "gflop_per_s": float(m[5]), "percent_of_peak": float(m[6])}
        for m in map(LINE.match, done.stdout.splitlines()) if m]
