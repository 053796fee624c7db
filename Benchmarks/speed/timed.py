"""Runs a command, and writes its seconds and its peak of memory to a file: `timed.py OUT COMMAND...`.

A process of its own, and a small one: a child's peak begins with what its parent holds.
"""

import json
import os
import subprocess
import sys
import time


def main():
    start = time.perf_counter()
    child = subprocess.Popen(sys.argv[2:])
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    with open(sys.argv[1], "w") as out:
        json.dump({"seconds": seconds, "processor_seconds": usage.ru_utime + usage.ru_stime, "peak_bytes": peak}, out)
    return child.returncode


if __name__ == "__main__":
    sys.exit(main())
