"""The program, run on one file: packed without loss, decoded, and what it said."""

import os
import re
import subprocess
import tempfile

from arrays import read_npy

VAEC = os.environ["VAEC_BINARY"]
SECONDS = 120


def run(*arguments, directory, data=None):
    return subprocess.run(
        [VAEC, *arguments], cwd=directory, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS)


class Outcome:
    """What became of a file: `fault` says what is wrong of it, and is empty where nothing is."""

    def __init__(self, name, data, options=()):
        self.contents = self.back = None
        self.message = ""
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, name)
            with open(path, "wb") as file:
                file.write(data)
            try:
                self.fault = self.examine(name, data, path, directory, options)
            except subprocess.TimeoutExpired:
                self.fault = f"no end within {SECONDS} seconds"

    def examine(self, name, data, path, directory, options):
        packed = run(
            "pack", "--lossless", "--epochs", "2", "--hidden", "8", *options, name, directory=directory)
        stream = name + ".vaec"
        lines = packed.stderr.decode("utf-8", "replace").splitlines()
        with open(path, "rb") as file:
            if file.read() != data:
                return "the input has changed"
        if packed.returncode != 0:
            self.message = lines[0] if lines else ""
            if packed.returncode not in (1, 2, 64):
                return f"exit code {packed.returncode}"
            if len(lines) != 1 or not lines[0].startswith("vaec: "):
                return f"{len(lines)} lines of error"
            if os.path.exists(os.path.join(directory, stream)):
                return "an output in spite of an error"
            return ""
        text = "\n".join(lines)
        if "Fatal error" in text:
            return "the report: " + text
        for arguments, output in [(("-o", "back.npy"), "back.npy"), (("-f",), name)]:
            decoded = run("decode", "--quiet", stream, *arguments, directory=directory)
            if decoded.returncode != 0 or decoded.stderr:
                return f"decode: exit code {decoded.returncode}, {decoded.stderr.decode('utf-8', 'replace')[:200]}"
            with open(os.path.join(directory, output), "rb") as file:
                self.back = file.read()
            if output == "back.npy":
                self.contents = read_npy(self.back)
                if self.contents is None:
                    return "the decoded array is damaged"
        claims = "every bit comes back" in text
        if claims and self.back != data:
            return "claims that every bit comes back, where the file's bytes do not"
        return ""
