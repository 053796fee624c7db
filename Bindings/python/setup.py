"""Builds libvaec with the Swift toolchain, from the repository around this folder, into the package.

VAEC_LIBRARY names a library that is built already. VAEC_PROGRAM names the program for a wheel to hold.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NAME = "libvaec.dylib" if sys.platform == "darwin" else "libvaec.so"


def library() -> Path:
    """The library, built if none is given."""
    if given := os.environ.get("VAEC_LIBRARY"):
        return Path(given)
    if not (ROOT / "Package.swift").is_file():
        raise SystemExit(
            "vaec: the Swift sources around Bindings/python are missing; install from a checkout, or name a libvaec in VAEC_LIBRARY"
        )
    if shutil.which("swift") is None:
        raise SystemExit("vaec: no Swift toolchain; install Swift 6.1 or newer, or name a libvaec in VAEC_LIBRARY")
    out = ROOT / ".build" / "libvaec"
    subprocess.run([str(ROOT / "Bindings" / "libvaec"), str(out)], check=True)
    return out / NAME


class BuildWithLibrary(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        package = Path(self.build_lib) / "vaec"
        shutil.copy2(library(), package / NAME)
        if program := os.environ.get("VAEC_PROGRAM"):
            (package / "bin").mkdir(exist_ok=True)
            shutil.copy2(program, package / "bin" / "vaec")


class PlatformDistribution(Distribution):
    """One for a platform, for any Python: libvaec knows nothing of it."""

    def has_ext_modules(self) -> bool:
        return True


commands = {"build_py": BuildWithLibrary}
try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:
    try:
        from wheel.bdist_wheel import bdist_wheel
    except ImportError:
        bdist_wheel = None

if bdist_wheel is not None:

    class PlatformWheel(bdist_wheel):
        def get_tag(self):
            return ("py3", "none", super().get_tag()[2])

    commands["bdist_wheel"] = PlatformWheel

setup(cmdclass=commands, distclass=PlatformDistribution)
