"""Arrays and dataframes of Dask: fit on a sample of all blocks, encode block by block, read parts of a stream.

Streams of blocks concatenate to one stream: :func:`to_file` writes them in order. Arrays are cut at multiples of
``chunk_rows``, so that bytes depend on the data and the model alone, not on blocks, workers or retries.
"""

from __future__ import annotations

import functools
import os
from typing import Any, Optional

import dask
import dask.array
import numpy as np

from ._model import Model, fit as fit_samples
from ._stream import Stream

# What a fit takes: a gibibyte of rows, in the six copies that it makes.
_FIT_VALUES = (1 << 30) // (4 * 6)


def fit(X: Any, rows: Optional[int] = None, seed: int = 0, **options: Any) -> Model:
    """Fits a model to a uniform sample of rows of all blocks.

    Args:
        X: a Dask array (samples x ...), or a Dask dataframe.
        rows: how many rows are fitted; as many as a fit takes if None.
        seed: of the sample and the fit.
        options: those of :func:`vaec.fit`.
    """
    if isinstance(X, dask.array.Array):
        return fit_samples(_sample(_rows_whole(X), rows, seed), seed=seed, **options)
    if rows is None:
        rows = max(16, _FIT_VALUES // max(1, len(X.columns)))
    count = len(X)
    sample = X if count <= rows else X.sample(frac=rows / count, random_state=seed)
    return fit_samples(_as_table(sample.compute()), seed=seed, **options)


def _sample(X: dask.array.Array, rows: Optional[int], seed: int) -> np.ndarray:
    count = X.shape[0]
    width = max(1, int(np.prod(X.shape[1:], dtype=np.int64)))
    rows = min(count, rows or max(16, _FIT_VALUES // width))
    chosen = np.arange(count) if rows == count else np.sort(np.random.default_rng(seed).choice(count, rows, False))
    parts, first = [], 0
    for block, length in zip(X.to_delayed().ravel(), X.chunks[0]):
        own = chosen[(chosen >= first) & (chosen < first + length)] - first
        first += length
        if len(own):
            parts.append(dask.delayed(np.take)(block, own, axis=0))
    return np.concatenate(dask.compute(*parts))


def encode(X: Any, model: Model, chunk_rows: int = 65536, **options: Any) -> list[Any]:
    """One delayed stream for each chunk of an array, or each partition of a dataframe, in order.

    Args:
        X: a Dask array or dataframe of the model's shape.
        model: it is sent to each worker once.
        chunk_rows: rows of an array that become one stream.
        options: those of :meth:`vaec.Model.encode`.

    Returns:
        Delayed bytes, for ``dask.compute``; empty partitions give empty bytes.
    """
    options = {"threads": 1, **options}
    sent = dask.delayed(model)
    if isinstance(X, dask.array.Array):
        X = _rows_whole(X).rechunk({0: chunk_rows})
        blocks = X.to_delayed().ravel()
    else:
        blocks = X.to_delayed()
    return [dask.delayed(_encode, pure=True)(block, sent, options) for block in blocks]


def to_file(X: Any, model: Model, path: str, **options: Any) -> int:
    """Encodes into a .vaec file, whole or not at all; returns its size in bytes."""
    from ._model import write_file

    stream = b"".join(dask.compute(*encode(X, model, **options)))
    write_file(path, stream, overwrite=False)
    return len(stream)


def from_file(path: str, model: Optional[Model] = None, chunk_rows: int = 65536) -> dask.array.Array:
    """The array of a stream, decoded by blocks as they are computed."""
    with Stream(path, model) as stream:
        shape, dtype = stream.shape, stream.dtype
    sent, path = dask.delayed(model), os.path.abspath(path)
    parts = []
    for first in range(0, shape[0], chunk_rows):
        last = min(shape[0], first + chunk_rows)
        part = dask.delayed(_decode, pure=True)(path, sent, first, last)
        parts.append(dask.array.from_delayed(part, (last - first, *shape[1:]), dtype))
    return dask.array.concatenate(parts) if parts else dask.array.zeros(shape, dtype=dtype)


def decode(streams: list[Any], model: Optional[Model] = None) -> list[Any]:
    """Delayed samples of delayed streams."""
    sent = dask.delayed(model)
    return [dask.delayed(_decode_all, pure=True)(stream, sent) for stream in streams]


def _rows_whole(X: dask.array.Array) -> dask.array.Array:
    """An array in blocks that have whole rows."""
    return X.rechunk({axis: -1 for axis in range(1, X.ndim)})


def _as_table(frame: Any) -> Any:
    import pyarrow

    return pyarrow.Table.from_pandas(frame, preserve_index=False)


def _encode(block: Any, model: Model, options: dict[str, Any]) -> bytes:
    if len(block) == 0:
        return b""
    return model.encode(block if isinstance(block, np.ndarray) else _as_table(block), **options)


@functools.lru_cache(maxsize=16)
def _opened(path: str, mark: tuple[int, int], model: Optional[Model]) -> Stream:
    return Stream(path, model, threads=1)


def _decode(path: str, model: Optional[Model], first: int, last: int) -> np.ndarray:
    status = os.stat(path)
    return _opened(path, (status.st_mtime_ns, status.st_size), model)[first:last]


def _decode_all(stream: bytes, model: Optional[Model]) -> Any:
    return Stream(stream, model, threads=1)[:]
