"""Dataframes of Spark: fit on a sample of all partitions, encode and decode by ``mapInArrow``.

The model is sent by file, and loaded once in each Python worker. Each chunk of a partition becomes a row with a stream;
the streams of a partition concatenate to that of a file.
"""

from __future__ import annotations

import os
import tempfile
from typing import Any, Iterator, Optional, Sequence

from ._model import Model, fit as fit_samples
from ._stream import Stream

#: The rows of an encoded dataframe: which partition and chunk, how many rows, and their stream.
ENCODED = "partition int, chunk int, rows long, stream binary"

_FIT_VALUES = (1 << 30) // (4 * 6)
_models: dict[str, Model] = {}


def fit(
    df: Any, columns: Optional[Sequence[str]] = None, rows: Optional[int] = None, seed: int = 0, **options: Any
) -> Model:
    """Fits a model to a uniform sample of rows of all partitions.

    Args:
        df: a dataframe of numbers, text and times.
        columns: those that are taken; all if None.
        rows: how many rows are fitted, about; as many as a fit takes if None.
        seed: of the sample and the fit.
        options: those of :func:`vaec.fit`.
    """
    df = df.select(*columns) if columns else df
    rows = rows or max(16, _FIT_VALUES // max(1, len(df.columns)))
    count = df.count()
    if count > rows:
        # A little more, so that chance leaves enough.
        df = df.sample(min(1.0, 1.05 * rows / count), seed).limit(rows)
    return fit_samples(_collected(df), seed=seed, **options)


def encode(
    df: Any, model: Model, columns: Optional[Sequence[str]] = None, chunk_rows: int = 65536, **options: Any
) -> Any:
    """Encodes each partition in chunks.

    Args:
        df: a dataframe with the columns of the model.
        model: the model.
        columns: those that are taken; all if None.
        chunk_rows: rows of a chunk.
        options: those of :meth:`vaec.Model.encode`.

    Returns:
        A dataframe with the schema :data:`ENCODED`; empty partitions have no row.
    """
    df = df.select(*columns) if columns else df
    name, options = _send(df, model), {"threads": 1, **options}

    def chunks(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow
        from pyspark import TaskContext

        own = _received(name)
        context = TaskContext.get()
        partition = context.partitionId() if context else 0
        for number, table in enumerate(_tables(batches, chunk_rows)):
            yield pyarrow.RecordBatch.from_arrays(
                [
                    pyarrow.array([partition], pyarrow.int32()),
                    pyarrow.array([number], pyarrow.int32()),
                    pyarrow.array([table.num_rows], pyarrow.int64()),
                    pyarrow.array([own.encode(table, **options)], pyarrow.binary()),
                ],
                names=["partition", "chunk", "rows", "stream"],
            )

    return df.mapInArrow(chunks, ENCODED)


def save(df: Any, model: Model, folder: str, columns: Optional[Sequence[str]] = None, **options: Any) -> list[str]:
    """Encodes each partition into a file of a folder that all workers share: ``part-00000.vaec`` and so on.

    A file appears whole or not at all. A task that is tried again replaces its file by the same bytes.

    Returns:
        The names of the files; partitions without rows have none.
    """
    os.makedirs(folder, exist_ok=True)
    folder = os.path.abspath(folder)

    def write(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        for partition, streams in _by_partition(batches):
            path = os.path.join(folder, f"part-{partition:05d}.vaec")
            part = f"{path}.{os.getpid()}.part"
            with open(part, "wb") as file:
                file.writelines(streams)
            os.replace(part, path)
            yield pyarrow.RecordBatch.from_arrays([pyarrow.array([path])], names=["path"])

    encoded = encode(df, model, columns, **options)
    return sorted(row.path for row in encoded.mapInArrow(write, "path string").collect())


def decode(df: Any, schema: Any, model: Optional[Model] = None) -> Any:
    """Decodes a dataframe that :func:`encode` made.

    Args:
        df: a dataframe with a column ``stream``.
        schema: of the dataframe that was encoded, such as ``before.schema``.
        model: the model; None if streams carry it.
    """
    name = None if model is None else _send(df, model)
    columns = schema.names if hasattr(schema, "names") else None

    def rows(batches: Iterator[Any]) -> Iterator[Any]:
        own = None if name is None else _received(name)
        for batch in batches:
            for stream in batch.column("stream"):
                table = Stream(stream.as_buffer(), own, threads=1).decode(into="pyarrow")
                yield from (table.select(columns) if columns else table).to_batches()

    return df.select("stream").mapInArrow(rows, schema)


def _collected(df: Any) -> Any:
    if hasattr(df, "toArrow"):
        return df.toArrow()
    import pyarrow

    return pyarrow.Table.from_pandas(df.toPandas(), preserve_index=False)


def _send(df: Any, model: Model) -> str:
    """Sends a model to all workers; returns the name of its file there."""
    context = df.sparkSession.sparkContext
    name = f"{model.fingerprint}.vae"
    folder = os.path.join(tempfile.gettempdir(), f"vaec-{os.getpid()}")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        model.save(path, overwrite=True)
    context.addFile(path)
    return name


def _received(name: str) -> Model:
    if name not in _models:
        from pyspark import SparkFiles

        _models[name] = Model.open(SparkFiles.get(name))
    return _models[name]


def _tables(batches: Iterator[Any], chunk_rows: int) -> Iterator[Any]:
    """Tables of that many rows, whatever the batches are."""
    import pyarrow

    waiting: list[Any] = []
    count = 0
    for batch in batches:
        while batch.num_rows > 0:
            own = batch.slice(0, chunk_rows - count)
            batch = batch.slice(own.num_rows)
            waiting.append(own)
            count += own.num_rows
            if count == chunk_rows:
                yield pyarrow.Table.from_batches(waiting)
                waiting, count = [], 0
    if waiting:
        yield pyarrow.Table.from_batches(waiting)


def _by_partition(batches: Iterator[Any]) -> Iterator[tuple[int, list[bytes]]]:
    partition: Optional[int] = None
    streams: list[bytes] = []
    for batch in batches:
        for row in batch.to_pylist():
            if partition is not None and row["partition"] != partition:
                yield partition, streams
                streams = []
            partition = row["partition"]
            streams.append(row["stream"])
    if partition is not None:
        yield partition, streams
