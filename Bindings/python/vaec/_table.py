"""Tables by the Arrow C data interface."""

from __future__ import annotations

import ctypes
import importlib.util
from typing import Any, Optional

from . import _library
from ._library import Handle, call

_NAME = b"arrow_array_stream"

_get = ctypes.pythonapi.PyCapsule_GetPointer
_get.restype, _get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
_new = ctypes.pythonapi.PyCapsule_New
_new.restype, _new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]


class _Stream(ctypes.Structure):
    """ArrowArrayStream."""


_RELEASE = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Stream))
_Stream._fields_ = [
    ("get_schema", ctypes.c_void_p),
    ("get_next", ctypes.c_void_p),
    ("get_last_error", ctypes.c_void_p),
    ("release", _RELEASE),
    ("private_data", ctypes.c_void_p),
]

# Streams in capsules, by their addresses.
_streams: dict[int, _Stream] = {}


def _destroy(capsule: int) -> None:
    # The capsule is being deleted: it must be looked at by its address alone.
    address = _address(capsule, _NAME)
    stream = _streams.pop(address, None)
    if stream is not None and stream.release:
        stream.release(ctypes.byref(stream))


_prototype = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)
_address = _prototype(("PyCapsule_GetPointer", ctypes.pythonapi))
_destructor = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(_destroy)


def stream_pointer(capsule: Any) -> int:
    """The address of a stream in a capsule."""
    return _get(capsule, _NAME)


class Table:
    """A table that was decoded. It has ``__arrow_c_stream__``, as tables of pyarrow, polars and duckdb do."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle

    @property
    def csv(self) -> bytes:
        """The table as text. Its first line may be a comment with the Arrow types of its columns."""
        return _library.content(self.handle)

    @property
    def has_schema(self) -> bool:
        """Whether the table came from Arrow, and not from a text file."""
        return self.csv.startswith(b"# vaec columns: ")

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        stream = _Stream()
        call("export", self.handle.value, ctypes.addressof(stream))
        _streams[ctypes.addressof(stream)] = stream
        return _new(ctypes.addressof(stream), _NAME, ctypes.cast(_destructor, ctypes.c_void_p))

    def to_pyarrow(self) -> Any:
        """A ``pyarrow.Table``; pyarrow guesses the types of a table that was a text file."""
        import pyarrow

        if not self.has_schema:
            import io

            import pyarrow.csv

            return pyarrow.csv.read_csv(io.BytesIO(self.csv))
        return pyarrow.RecordBatchReader.from_stream(self).read_all()

    def to_polars(self) -> Any:
        """A ``polars.DataFrame``; polars guesses the types of a table that was a text file."""
        import polars

        return polars.from_arrow(self.to_pyarrow()) if _has("pyarrow") else polars.DataFrame(self)

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``."""
        return self.to_pyarrow().to_pandas()

    def into(self, kind: Optional[str]) -> Any:
        """A table of "pyarrow", "polars", "pandas" or "vaec"; without a choice, of what is installed."""
        if kind is None:
            kind = next((own for own in ("pyarrow", "polars") if _has(own)), "vaec")
        if kind == "vaec":
            return self
        if kind not in ("pyarrow", "polars", "pandas"):
            raise ValueError(f'into is "{kind}"; give "pyarrow", "polars", "pandas" or "vaec"')
        return getattr(self, "to_" + kind)()


def _has(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
