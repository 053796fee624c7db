"""What all parts share: options in use, programs that are run and timed, medians, and tables."""

import json
import math
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


class Failure(Exception):
    pass


def say(text):
    print(text, file=sys.stderr, flush=True)


def command_of(words):
    return [str(word) for word in words]


class Bench:
    """Where files go, how often things are run, and what has been found."""

    def __init__(self, options, scratch):
        self.options = options
        self.scratch = pathlib.Path(scratch)
        self.found = {}
        self.torch_missing = missing_torch(options.torch_python)

    def path(self, name):
        return self.scratch / name

    def vaec(self, *words, threads=1):
        return command_of([self.options.vaec, *words, "--quiet", "--threads", threads])

    def timed(self, out, command):
        """`command` with the small process around it that measures it."""
        return [sys.executable, "-I", "-S", str(HERE / "timed.py"), str(out), *command_of(command)]

    def time(self, command):
        """Runs `command`; returns its seconds, processor_seconds and peak_bytes."""
        out = self.path("timed.json")
        done = subprocess.run(self.timed(out, command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise Failure(f"{' '.join(command_of(command))}: exit {done.returncode}\n{done.stderr.strip()[:2000]}")
        return json.loads(out.read_text())

    def info(self, path):
        """What `vaec info --json` says of a file."""
        done = subprocess.run([self.options.vaec, "info", "--json", str(path)], capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"info: exit {done.returncode}\n{done.stderr.strip()[:2000]}")
        return json.loads(done.stdout)["files"][0]

    def torch(self, what, data, **settings):
        """What torch_vae.py says; call it only where `torch_missing` is None."""
        words = [self.options.torch_python, HERE / "torch_vae.py", what, data]
        for name, value in settings.items():
            words += ["--" + name.replace("_", "-"), value]
        done = subprocess.run(command_of(words), capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"torch_vae.py: exit {done.returncode}\n{done.stderr.strip()[-2000:]}")
        return json.loads(done.stdout)

    def rounds(self, tasks, runs=None):
        """Runs every task once a round, forward and backward in turn.

        `tasks` are functions by name; returns what they returned, a list with one result a round, by name.
        """
        results = {name: [] for name in tasks}
        for i in range(runs or self.options.runs):
            names = list(tasks)
            for name in names if i % 2 == 0 else reversed(names):
                results[name].append(tasks[name]())
        return results


def missing_torch(python):
    """Why there is no PyTorch to compare with, or None."""
    try:
        done = subprocess.run([python, "-c", "import numpy, torch"], capture_output=True, text=True)
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"{python} fails"])[-1]


def median(numbers):
    return statistics.median(numbers)


def median_ratio(above, below):
    """Median of the ratios within each round."""
    return statistics.median(a / b for a, b in zip(above, below))


def show(title, head, rows, notes=()):
    """Prints a table; the first column to the left, the others to the right."""
    print(f"\n{title}")
    table = [head] + [["-" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    for row in table:
        print("  " + "  ".join([row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]).rstrip())
    for note in notes:
        print(f"  {note}")
    sys.stdout.flush()


def figure(number, digits=3):
    """`digits` significant digits, without an exponent."""
    if number is None:
        return None
    if number == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(number))))
    return f"{number:,.{places}f}"


def times(ratio):
    return None if ratio is None else f"{ratio:.2f} x"
