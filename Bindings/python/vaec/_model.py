"""Models: fitting, encoding, latents."""

from __future__ import annotations

import os
from typing import Any, Mapping, Optional, Sequence, Union

import numpy as np

from . import _library
from ._errors import DamagedError
from ._library import Handle, Progress, Running
from ._samples import as_array, result, samples

Bound = Union[float, str, Mapping[str, Union[float, str]]]


class Model:
    """A fitted model: the content of a .vae file. Make one with :func:`vaec.fit`, or read one with :meth:`open`.

    Models are pickled by their bytes, so that engines can send them to workers.
    """

    def __init__(self, data: bytes, memory: Optional[int] = None) -> None:
        """The model in the bytes of a .vae file.

        Raises:
            vaec.DamagedError: the bytes are not a model, or damaged.
        """
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"a model is made from bytes, not from {type(data).__name__}; Model.open reads a file")
        data = bytes(data)
        self._handle = Running(memory=memory)("read_model", data, len(data))

    @classmethod
    def _of(cls, handle: Handle) -> Model:
        model = cls.__new__(cls)
        model._handle = handle
        return model

    @classmethod
    def open(cls, path: Union[str, os.PathLike[str]], memory: Optional[int] = None) -> Model:
        """Reads a .vae file.

        Raises:
            OSError: it cannot be read.
            vaec.DamagedError: it is not a model, or damaged.
        """
        return cls._of(Running(memory=memory)("open_model", os.fsencode(path)))

    def save(self, path: Union[str, os.PathLike[str]], overwrite: bool = False) -> None:
        """Writes a .vae file, whole or not at all.

        Raises:
            FileExistsError: the file exists, and ``overwrite`` is False.
        """
        write_file(path, bytes(self), overwrite)

    def __bytes__(self) -> bytes:
        return _library.content(self._handle)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Model, (bytes(self),))

    def __dask_tokenize__(self) -> tuple[str, str]:
        return ("vaec.Model", self.fingerprint)

    def __repr__(self) -> str:
        return f"<vaec.Model {self.fingerprint[:8]} of samples {self.shape} {self.dtype}, {len(self.latents)} latents>"

    @property
    def info(self) -> dict[str, Any]:
        """What the model is: its fingerprint, type and shape, latents, and the rate (bits per sample) and PSNR (dB) of
        its qualities on held-out rows."""
        if not hasattr(self, "_info"):
            self._info = _library.describe(self._handle)
        return self._info

    @property
    def fingerprint(self) -> str:
        """Identifies the model in the streams that it encodes: 32 hexadecimal digits."""
        return self.info["fingerprint"]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a sample."""
        return tuple(self.info["sample_shape"])

    @property
    def dtype(self) -> np.dtype:
        """The type of the fitted values."""
        return np.dtype(self.info["type"])

    @property
    def latents(self) -> list[dict[str, float]]:
        """The latents, strongest first: their bits, variance, and the share of variance that they explain."""
        return self.info["latents"]

    def encode(
        self,
        X: Any,
        *,
        quality: Optional[float] = None,
        psnr: Optional[float] = None,
        bits: Optional[float] = None,
        size: Optional[int] = None,
        max_error: Optional[Bound] = None,
        lossless: bool = False,
        effort: Optional[int] = None,
        chunk_rows: Optional[int] = None,
        solid: bool = False,
        with_model: bool = False,
        columns: Optional[str] = None,
        threads: Optional[int] = None,
        memory: Optional[int] = None,
        progress: Progress = None,
    ) -> bytes:
        """Encodes samples into a stream, the content of a .vaec file.

        Args:
            X: samples of the model's shape: an array (samples x ...), a table, or the path of a file.
            quality: 0 (a sketch) to 100 (below the data's own noise); 60 if no target is given.
            psnr: in dB; the lowest quality that reaches it.
            bits: per sample; the highest quality within it.
            size: in bytes of the whole stream; the highest quality within it.
            max_error: the largest error of any value: a number in the data's units, ``"0.1%"`` of the range, ``"rel:1%"``
                of each value; or of columns, ``{"": "1%", "temp": 0.05}``, where "" stands for the others.
            lossless: every bit comes back.
            effort: 0 to 9; more saves bytes at equal error and takes longer.
            chunk_rows: rows in a chunk, the unit of random access.
            solid: chunks as large as memory allows: fewer bytes.
            with_model: whether the stream carries the model.
            columns: of a table, those that are read: ``"time,temp_*,5-7"``.
            threads: 0 or None for one per processor. Bytes do not depend on it.
            memory: the bytes that reading may take; 1 GiB if None.
            progress: True for a bar (tqdm), or a function that is called ten times a second with the finished share or
                None; it stops the work by returning False.

        Returns:
            The stream.

        Raises:
            ValueError: samples of another shape, a target out of reach, an invalid option.
            TypeError: values of a type that is not supported.
        """
        chosen = _target(quality, psnr, bits, size, max_error, lossless)
        chosen |= {"effort": effort, "chunk_rows": chunk_rows}
        chosen |= {"solid": solid or None, "with_model": with_model or None}
        given = samples(X, {"columns": columns})
        stream = Running(threads, memory, progress)(
            "encode", given.value, self._handle.value, _library.options(chosen)
        )
        return _library.content(stream)

    def decode(self, stream: Any, rows: Optional[slice] = None, **options: Any) -> Any:
        """:func:`vaec.decode` with this model."""
        from ._stream import decode

        return decode(stream, model=self, rows=rows, **options)

    def embed(self, X: Any, latents: Optional[int] = None, *, threads: Optional[int] = None) -> np.ndarray:
        """The latents of samples, strongest first.

        Args:
            X: samples of the model's shape.
            latents: how many; all if None.

        Returns:
            float32, samples x latents.

        Raises:
            ValueError: samples of another shape, or the model has fewer latents.
        """
        if latents is not None and not 0 < latents < 1 << 31:
            raise ValueError(f"latents is {latents}; give an integer from 1")
        given = samples(X)
        return result(Running(threads)("embed", given.value, self._handle.value, latents or 0))

    def invert(self, latents: Any, *, threads: Optional[int] = None) -> Any:
        """The samples of latents: the inverse of :meth:`embed`.

        Args:
            latents: samples x latents, as many as the model has or fewer; others are at their mean.

        Returns:
            Samples of the model's type and shape.
        """
        array = as_array(latents)
        given = samples(array.astype(np.float32, copy=False) if array.dtype.kind in "fiu" else array)
        return result(Running(threads)("invert", given.value, self._handle.value))

    def sample(
        self, count: int, *, seed: int = 0, quality: Optional[float] = None, sampler: Optional[str] = None,
        threads: Optional[int] = None,
    ) -> Any:  # fmt: skip
        """New samples, drawn from the model.

        Args:
            count: how many.
            seed: equal seeds give equal samples.
            quality: of the prior, 0 to 100.
            sampler: "mixture" or "prior"; the mixture if the model has one and no quality is given.

        Returns:
            Samples of the model's type and shape; a table if the model was fitted to one.
        """
        chosen = {"seed": seed, "quality": quality, "sampler": sampler}
        return result(Running(threads)("sample", self._handle.value, int(count), _library.options(chosen)))

    def score_rows(
        self, X: Any, *, quality: float = 50, threads: Optional[int] = None, progress: Progress = None
    ) -> np.ndarray:
        """The bits of each sample's code at a quality: samples that are unlike the fitted ones take more.

        Returns:
            float64, one number for each sample.
        """
        given = samples(X)
        return result(
            Running(threads, None, progress)("score_rows", given.value, self._handle.value, float(quality))
        )


def fit(
    X: Any,
    *,
    latents: Optional[int] = None,
    hidden: Optional[Sequence[int]] = None,
    epochs: Optional[int] = None,
    seconds: Optional[float] = None,
    samples_to_encode: Optional[int] = None,
    scale: Optional[str] = None,
    layout: Optional[str] = None,
    holdout: Optional[float] = None,
    seed: int = 0,
    objective: Optional[str] = None,
    likelihood: Optional[str] = None,
    beta: Optional[float] = None,
    columns: Optional[str] = None,
    exact: Optional[str] = None,
    missing: Optional[str] = None,
    threads: Optional[int] = None,
    memory: Optional[int] = None,
    progress: Progress = None,
) -> Model:
    """Fits a model to samples. It takes seconds for thousands of small samples, minutes for tens of thousands of images.

    Args:
        X: the samples: an array (samples x ...), a table, the path of a file, or a list of paths or arrays of one shape.
        latents: how many to start with; derived from the data if None. Those that do not pay are dropped.
        hidden: widths of the encoder's hidden layers.
        epochs: passes over the data.
        seconds: the time for training.
        samples_to_encode: the smallest model plus codes of so many samples (``fit --for``).
        scale: "common" for one scale of all values, "column" for one per column, "auto".
        layout: how an array is cut into samples: "rows", "auto", "window 256", "window 256:64", "tile 16x16", "axis 0,1".
        holdout: the share of rows held out for choices and reports, up to 0.5.
        seed: equal data, options and seeds give equal models.
        objective: "rate-distortion", or "elbo" for the textbook VAE, with ``likelihood`` and ``beta``.
        columns: of a table, those that are read: ``"time,temp_*,5-7"``.
        exact: of a table, columns that are kept as they are, or "none"; integers that count if None.
        missing: values that stand for missing ones: ``"-9999,1e20"``.
        threads: 0 or None for one per processor. The model does not depend on it.
        memory: bytes for samples, 1 GiB if None; larger data are sampled.
        progress: see :meth:`Model.encode`.

    Raises:
        ValueError: too few samples, an invalid option.
        TypeError: values of a type that is not supported.
    """
    reading = {"columns": columns, "exact": exact, "missing": missing}
    many = isinstance(X, (list, tuple)) and X and all(
        isinstance(item, (str, os.PathLike)) or hasattr(item, "shape") and item.shape for item in X
    )
    inputs = [samples(item, reading) for item in (X if many else [X])]
    chosen = {
        "latents": latents, "hidden": hidden, "epochs": epochs, "seconds": seconds, "samples": samples_to_encode,
        "scale": scale, "layout": layout, "holdout": holdout, "seed": seed, "objective": objective,
        "likelihood": likelihood, "beta": beta, "memory": memory,
    }  # fmt: skip
    handles = (_library.c_uint64 * len(inputs))(*[own.value for own in inputs])
    running = Running(threads, None, progress)
    return Model._of(running("fit", handles, len(inputs), _library.options(chosen)))


def pack(
    X: Any,
    *,
    quality: Optional[float] = None,
    psnr: Optional[float] = None,
    bits: Optional[float] = None,
    size: Optional[int] = None,
    max_error: Optional[Bound] = None,
    lossless: bool = False,
    effort: Optional[int] = None,
    chunk_rows: Optional[int] = None,
    solid: bool = False,
    layout: Optional[str] = None,
    latents: Optional[int] = None,
    hidden: Optional[Sequence[int]] = None,
    epochs: Optional[int] = None,
    seconds: Optional[float] = None,
    scale: Optional[str] = None,
    holdout: Optional[float] = None,
    seed: int = 0,
    columns: Optional[str] = None,
    exact: Optional[str] = None,
    missing: Optional[str] = None,
    threads: Optional[int] = None,
    memory: Optional[int] = None,
    progress: Progress = None,
) -> bytes:
    """Encodes samples into a stream that decodes alone: with a model of their own where that pays. Lossless by default.

    The arguments are those of :meth:`Model.encode` and :func:`fit`.
    """
    chosen = _target(quality, psnr, bits, size, max_error, lossless)
    chosen |= {"effort": effort, "chunk_rows": chunk_rows, "solid": solid or None, "layout": layout}
    chosen |= {"latents": latents, "hidden": hidden, "epochs": epochs, "seconds": seconds, "scale": scale}
    chosen |= {"holdout": holdout, "seed": seed, "memory": memory}
    given = samples(X, {"columns": columns, "exact": exact, "missing": missing})
    return _library.content(Running(threads, None, progress)("pack", given.value, _library.options(chosen)))


def encode(
    X: Any,
    *,
    psnr: Optional[float] = None,
    bits: Optional[float] = None,
    size: Optional[int] = None,
    max_error: Optional[Bound] = None,
    lossless: bool = False,
    effort: Optional[int] = None,
    chunk_rows: Optional[int] = None,
    columns: Optional[str] = None,
    exact: Optional[str] = None,
    threads: Optional[int] = None,
    progress: Progress = None,
) -> bytes:
    """Encodes samples without a model, by predicting each value from those before it: nothing is fitted or tried.

    Lossless by default. The arguments are those of :meth:`Model.encode`.
    """
    chosen = _target(None, psnr, bits, size, max_error, lossless)
    if all(value is None for value in chosen.values()):
        chosen["lossless"] = True
    chosen |= {"effort": effort, "chunk_rows": chunk_rows}
    given = samples(X, {"columns": columns, "exact": exact})
    return _library.content(Running(threads, None, progress)("encode", given.value, 0, _library.options(chosen)))


def _target(
    quality: Optional[float], psnr: Optional[float], bits: Optional[float], size: Optional[int],
    max_error: Optional[Bound], lossless: bool,
) -> dict[str, Any]:  # fmt: skip
    return {
        "quality": quality, "psnr": psnr, "bits": bits, "size": size, "max_error": max_error,
        "lossless": lossless or None,
    }  # fmt: skip


def write_file(path: Union[str, os.PathLike[str]], data: bytes, overwrite: bool) -> None:
    """Writes a file, whole or not at all."""
    path = os.fspath(path)
    part = f"{path}.{os.getpid()}.part"
    try:
        with open(part, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            os.replace(part, path)
        else:
            # A link fails where the name is taken.
            os.link(part, path)
            os.unlink(part)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise


__all__ = ["DamagedError", "Model", "encode", "fit", "pack"]
