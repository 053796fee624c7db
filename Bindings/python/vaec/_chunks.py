"""What the codecs of numcodecs and Zarr share: a chunk of an array as a stream."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, Optional, Union

import numpy as np

from ._model import Model, encode
from ._models import find_model
from ._stream import Stream

# Values that have no errors of a size: they come back exactly.
_EXACT = "bMm"


@dataclass(frozen=True)
class ChunkCodec:
    """How chunks are encoded: within a bound, at a quality of a model, or lossless if nothing else is said.

    ``model`` is a fingerprint. The model itself is in ``model_bytes`` (base64), in ``VAEC_MODEL_PATH``, or in each chunk.
    """

    max_error: Union[None, float, str] = None
    quality: Optional[float] = None
    psnr: Optional[float] = None
    model: Optional[str] = None
    model_bytes: Optional[str] = None
    with_model: bool = False
    effort: int = 1
    threads: int = 1
    _cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False, hash=False)

    def __post_init__(self) -> None:
        given = [name for name in ("max_error", "quality", "psnr") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} exclude each other")
        if self.quality is not None and self.model is None:
            raise ValueError("a quality is one of a model; give one, or max_error")
        if not 0 <= self.effort <= 9:
            raise ValueError(f"effort is {self.effort}; give an integer from 0 to 9")

    @classmethod
    def make(cls, model: Union[None, str, Model] = None, store_model: str = "path", **options: Any) -> ChunkCodec:
        """A codec for a model, which is kept where ``store_model`` says: "path", "config" or "chunks"."""
        if store_model not in ("path", "config", "chunks"):
            raise ValueError(f'store_model is "{store_model}"; give "path", "config" or "chunks"')
        if model is None:
            return cls(**options)
        found = model if isinstance(model, Model) else find_model(model)
        if found is None and store_model != "path":
            raise ValueError(f"model {model} is not in VAEC_MODEL_PATH")
        if store_model == "config" and found is not None:
            options["model_bytes"] = base64.b64encode(bytes(found)).decode()
        codec = cls(
            model=model if found is None else found.fingerprint, with_model=store_model == "chunks", **options
        )
        codec._cache["model"] = found
        return codec

    @property
    def config(self) -> dict[str, Any]:
        """What is stored with the array: options that are not the default."""
        names = ("max_error", "quality", "psnr", "model", "model_bytes", "with_model", "effort")
        default = ChunkCodec()
        return {name: getattr(self, name) for name in names if getattr(self, name) != getattr(default, name)}

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_cache"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _cache={})

    def _model(self) -> Optional[Model]:
        if self.model is None:
            return None
        if self._cache.get("model") is None:
            if self.model_bytes is not None:
                self._cache["model"] = Model(base64.b64decode(self.model_bytes))
            else:
                self._cache["model"] = find_model(self.model)
        return self._cache["model"]

    def encode(self, array: np.ndarray) -> bytes:
        """The stream of a chunk."""
        if array.ndim == 0:
            array = array.reshape(1)
        if array.dtype.kind in _EXACT or array.size == 0:
            return encode(array, lossless=True, effort=self.effort, threads=self.threads)
        options: dict[str, Any] = {"effort": self.effort, "threads": self.threads}
        options |= {"max_error": self.max_error, "psnr": self.psnr}
        model = self._model()
        if model is None:
            if self.model is not None:
                raise ValueError(f"model {self.model} is not in VAEC_MODEL_PATH; put it there as {self.model}.vae")
            return encode(array, **options)
        options |= {"quality": self.quality, "with_model": self.with_model}
        if self.max_error is None and self.quality is None and self.psnr is None:
            options["lossless"] = True
        return model.encode(array, **options)

    def decode(self, data: Any) -> np.ndarray:
        """The chunk of a stream."""
        stream = Stream(data, None if self.with_model else self._model(), threads=self.threads)
        if stream.models and stream.model is None:
            raise ValueError(f"model {stream.models[0]} is not in VAEC_MODEL_PATH; put it there as {stream.models[0]}.vae")
        return stream.decode()
