"""Samples of Python as objects of libvaec, and back."""

from __future__ import annotations

import ctypes
import io
import os
from ctypes import byref, c_int32, c_int64, c_uint64, c_void_p
from typing import Any, Mapping, Optional

import numpy as np

from . import _library
from ._library import Handle, call
from ._table import Table, stream_pointer


def samples(X: Any, reading: Mapping[str, Any] = {}) -> Handle:  # noqa: B006: it is not changed
    """Samples to be fitted or encoded.

    Args:
        X: an array of any number of axes, whose first one counts the samples; a table (anything with
            ``__arrow_c_stream__``); or the path of a file that the program ``vaec`` reads.
        reading: ``columns``, ``exact``, ``missing`` and the other options of files and tables.

    Raises:
        TypeError: values of a type that is not supported.
        OSError: a file cannot be read.
    """
    handle = c_uint64()
    if isinstance(X, Handle):
        return X
    if isinstance(X, Table):
        return X.handle
    if isinstance(X, (str, os.PathLike)):
        call("file", os.fsencode(X), _library.options(reading), byref(handle))
        return Handle(handle.value)
    if hasattr(X, "__arrow_c_stream__") and not isinstance(X, np.ndarray):
        capsule = X.__arrow_c_stream__()
        call("table", stream_pointer(capsule), _library.options(reading), byref(handle))
        return Handle(handle.value)
    array = as_array(X)
    if array.dtype.names is not None:
        return _content(array, reading)
    if given := [name for name, value in reading.items() if value is not None]:
        raise ValueError(f"{given[0]}: applies to tables and files, not to arrays")
    shape = (c_int64 * max(1, array.ndim))(*array.shape)
    strides = (c_int64 * max(1, array.ndim))(*array.strides)
    call(
        "array", c_void_p(array.__array_interface__["data"][0]), type_name(array.dtype).encode(), array.ndim, shape,
        strides, byref(handle),
    )  # fmt: skip
    return Handle(handle.value, keeps=array)


def _content(array: np.ndarray, reading: Mapping[str, Any]) -> Handle:
    """A structured array, as a file of it."""
    file, handle = io.BytesIO(), c_uint64()
    np.save(file, array, allow_pickle=False)
    bytes_ = file.getvalue()
    call("content", bytes_, len(bytes_), b"array.npy", _library.options(reading), byref(handle))
    return Handle(handle.value)


def as_array(X: Any) -> np.ndarray:
    """An array with the machine's byte order."""
    if isinstance(X, np.ma.MaskedArray):
        if X.dtype.kind != "f":
            raise TypeError(f"a masked array of type {X.dtype}; fill it, or convert it to floating point")
        X = X.filled(np.nan)
    array = np.asarray(X)
    if array.dtype.kind in "OSUV" and array.dtype.names is None:
        raise TypeError(
            f"an array of type {array.dtype}; give numbers, or a table with the text (pyarrow, polars, pandas)"
        )
    if array.ndim == 0:
        raise ValueError("an array without axes; the first axis counts the samples")
    if array.dtype.names is None and not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return array


def type_name(dtype: np.dtype) -> str:
    """The name of a type in libvaec: that of numpy without the byte order."""
    return dtype.str.lstrip("<>|=")


def result(handle: Handle, into: Optional[str] = None) -> Any:
    """Decoded samples: an array, or a table; see ``vaec.decode``."""
    name, axes, shape = ctypes.create_string_buffer(16), c_int32(), (c_int64 * 33)()
    call("shape", handle.value, name, byref(axes), shape)
    if axes.value < 0:
        if _library.describe(handle)["kind"] != "table":
            return np.load(io.BytesIO(_library.content(handle)), allow_pickle=False)
        return Table(handle).into(into)
    return view(handle, np.dtype(name.value.decode()), tuple(shape[: axes.value]))


def view(handle: Handle, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """The memory of an object as an array, which keeps the object alive."""
    address, size = c_void_p(), c_uint64()
    call("bytes", handle.value, byref(address), byref(size))
    if size.value == 0:
        return np.empty(shape, dtype)
    memory = (ctypes.c_ubyte * size.value).from_address(address.value or 0)
    memory.handle = handle  # type: ignore[attr-defined]
    return np.frombuffer(memory, dtype).reshape(shape)
