"""The program ``vaec`` of a wheel, or another one on PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn, Optional


def program() -> Optional[str]:
    """The program's path; None if there is none."""
    own = Path(__file__).with_name("bin") / "vaec"
    if own.is_file():
        return str(own)
    this = os.path.realpath(sys.argv[0])
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        other = os.path.join(folder, "vaec")
        if os.access(other, os.X_OK) and os.path.isfile(other) and os.path.realpath(other) != this:
            return other
    return None


def main() -> NoReturn:
    """Becomes the program; without one, runs ``python -m vaec``."""
    found = program()
    if found is not None:
        os.execv(found, ["vaec", *sys.argv[1:]])
    from .__main__ import main as run

    run()
