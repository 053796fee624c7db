"""Streams: decoding, and random access."""

from __future__ import annotations

import os
from ctypes import byref, c_int64, c_void_p
from typing import Any, Iterator, Optional, Union

import numpy as np

from . import _library
from ._library import Progress, Running, call
from ._model import Model
from ._models import find_model
from ._samples import result

Source = Union[bytes, bytearray, memoryview, str, "os.PathLike[str]"]


# Parts of so few values are decoded without a watch for Ctrl-C.
_BRIEF_VALUES = 1 << 16


class Stream:
    """An open stream. ``stream[i:j]`` decodes rows, reading only the chunks it needs; the last ones stay decoded.

    Use :func:`vaec.open` to make one. Threads may share it.
    """

    def __init__(
        self, source: Source, model: Optional[Model] = None, *, threads: Optional[int] = None,
        memory: Optional[int] = None,
    ) -> None:  # fmt: skip
        if model is not None and not isinstance(model, Model):
            raise TypeError(f"model is a {type(model).__name__}; give a vaec.Model")
        self._running = (threads, memory)
        running = Running(threads, memory)
        if isinstance(source, (str, os.PathLike)):
            self._handle = running("open_stream", os.fsencode(source))
        else:
            # One that is read-only is not copied before it is needed.
            view = np.frombuffer(source, np.uint8)
            self._handle = running(
                "read_stream", c_void_p(view.__array_interface__["data"][0]), view.nbytes
            )
        self._info = _library.describe(self._handle)
        width = int(np.prod(self._info["sample_shape"], dtype=np.int64))
        self._brief_rows = _BRIEF_VALUES // max(1, width)
        self._model = model
        if model is None and self.models:
            self._model = next((own for own in map(find_model, self.models) if own is not None), None)

    @property
    def models(self) -> list[str]:
        """The fingerprints of the models that the stream needs and does not carry."""
        return self._info["models"]

    @property
    def model(self) -> Optional[Model]:
        """The model that decodes the stream; None if it needs none, carries it, or it is not known."""
        return self._model

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array; of a table, its rows and the numbers that are modelled."""
        return (self._info["rows"], *self._info["sample_shape"])

    @property
    def dtype(self) -> np.dtype:
        """The type of the values."""
        return np.dtype(self._info["type"])

    def __len__(self) -> int:
        return self._info["rows"]

    def __getitem__(self, rows: Any) -> Any:
        """Rows: an integer, a slice, or either and indices of further axes, as of an array."""
        rest: tuple[Any, ...] = ()
        if isinstance(rows, tuple):
            if not rows:
                return self[:]
            rows, rest = rows[0], rows[1:]
        if rows is Ellipsis:
            return self[:][(Ellipsis, *rest)]
        if hasattr(rows, "__index__"):
            row = int(rows)
            place = row + len(self) if row < 0 else row
            if not 0 <= place < len(self):
                raise IndexError(f"row {row} of a stream of {len(self)}")
            decoded = self._decode(place, place + 1)
            return decoded[(0, *rest)] if isinstance(decoded, np.ndarray) else decoded
        if not isinstance(rows, slice):
            raise TypeError(f"rows of a stream are selected by integers and slices, not by {type(rows).__name__}")
        start, stop, step = rows.indices(len(self))
        if step < 0:
            chosen = range(start, stop, step)
            if not chosen:
                return self[0:0]
            return self[chosen[-1] : chosen[0] + 1][:: step][(slice(None), *rest)]
        decoded = self._decode(start, max(start, stop))
        if step != 1:
            decoded = decoded[::step]
        return decoded[(slice(None), *rest)] if rest else decoded

    def decode(self, rows: Optional[slice] = None, *, into: Optional[str] = None, progress: Progress = None) -> Any:
        """Decodes rows; see :func:`vaec.decode`."""
        start, stop, step = (rows or slice(None)).indices(len(self))
        if step != 1:
            raise ValueError("rows are a slice without a step")
        return self._decode(start, max(start, stop), into, progress)

    def _decode(self, first: int, last: int, into: Optional[str] = None, progress: Progress = None) -> Any:
        model = self._model._handle.value if self._model else 0
        running = Running(*self._running, progress, is_brief=last - first <= self._brief_rows)
        return result(running("decode", self._handle.value, model, first, last), into)

    def __iter__(self) -> Iterator[Any]:
        for row in range(len(self)):
            yield self[row]

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        array = self[:]
        return array if dtype is None else np.asarray(array, dtype)

    def close(self) -> None:
        """Closes the file. Arrays that were decoded remain."""
        self._handle = _library.Handle(0)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<vaec.Stream of {self.shape} {self._info['type']}>"


def open(  # noqa: A001: as in h5py and zarr
    path: Source, model: Optional[Model] = None, *, threads: Optional[int] = None, memory: Optional[int] = None
) -> Stream:
    """Opens a stream for random access: ``vaec.open(path)[1000:1010]``.

    Args:
        path: of a .vaec file, or its bytes.
        model: the model of the stream. If it is None and the stream neither carries one nor needs none, models in
            ``VAEC_MODEL_PATH`` are looked through for the one with the fingerprint that the stream names.
        threads: 0 or None for one per processor.
        memory: the bytes that reading may take; 1 GiB if None.

    Raises:
        OSError: the file cannot be read.
        vaec.DamagedError: it is not a stream, or damaged.
    """
    return Stream(path, model, threads=threads, memory=memory)


def decode(
    stream: Source, model: Optional[Model] = None, rows: Optional[slice] = None, *, into: Optional[str] = None,
    threads: Optional[int] = None, memory: Optional[int] = None, progress: Progress = None,
) -> Any:  # fmt: skip
    """Decodes a stream.

    Args:
        stream: the bytes of a .vaec file, or its path.
        model: see :func:`open`.
        rows: a slice of rows; all if None.
        into: of a table, "pyarrow", "polars", "pandas" or "vaec" (a :class:`vaec.Table`); what is installed if None.
        threads, memory: see :func:`open`.
        progress: see :meth:`Model.encode`.

    Returns:
        An array of the type and shape that was encoded; or a table with its schema.

    Raises:
        ValueError: the model is missing, or another one.
        vaec.DamagedError: the stream is damaged.
    """
    return Stream(stream, model, threads=threads, memory=memory).decode(rows, into=into, progress=progress)


def rows(stream: Source) -> int:
    """The number of rows of a stream."""
    handle = Stream(stream)._handle
    count = c_int64()
    call("rows", handle.value, None, byref(count))
    return count.value
