"""Models by fingerprint."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, Optional

from ._model import Model

# What is known of files: their time and size, and the model; None for files that are none.
_known: dict[Path, tuple[tuple[int, int], Optional[Model]]] = {}


def find_model(fingerprint: str) -> Optional[Model]:
    """The model with a fingerprint in ``VAEC_MODEL_PATH``: .vae files, and folders of them, separated as in PATH.

    A file that is called ``FINGERPRINT.vae`` is found without a look at the others.
    """
    places = [Path(place) for place in os.environ.get("VAEC_MODEL_PATH", "").split(os.pathsep) if place]
    for place in places:
        model = _model(place / f"{fingerprint}.vae")
        if model is not None and model.fingerprint == fingerprint:
            return model
    for file in _files(places):
        model = _model(file)
        if model is not None and model.fingerprint == fingerprint:
            return model
    return None


def _files(places: list[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from sorted(place.glob("*.vae"))
        elif place.is_file():
            yield place


def _model(file: Path) -> Optional[Model]:
    try:
        status = file.stat()
        mark = (status.st_mtime_ns, status.st_size)
        if file not in _known or _known[file][0] != mark:
            _known[file] = (mark, Model.open(file))
    except (OSError, ValueError):
        return None
    return _known[file][1]
