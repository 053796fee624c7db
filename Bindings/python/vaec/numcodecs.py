"""A codec for numcodecs and Zarr 2, found by entry point: ``numcodecs.get_codec({"id": "vaec", "max_error": 0.01})``."""

from __future__ import annotations

from typing import Any, Optional, Union

import numpy as np
from numcodecs.abc import Codec
from numcodecs.compat import ensure_contiguous_ndarray, ndarray_copy
from numcodecs.registry import register_codec

from ._chunks import ChunkCodec
from ._model import Model


class Vaec(Codec):
    """Encodes chunks of numbers within an error bound, by a model, or lossless.

    Args:
        max_error: the largest error of any value: 0.01 in the data's units, "0.1%" of a chunk's range, "rel:1%" of each
            value. Lossless if nothing is given.
        model: a :class:`vaec.Model`, or the fingerprint of one in ``VAEC_MODEL_PATH``. Its samples are the rows of
            chunks.
        quality, psnr: of the model, or in dB.
        store_model: "path" where readers find it in ``VAEC_MODEL_PATH``, "config" to keep it with the array, "chunks" to
            keep it in each chunk.
        effort: 0 to 9. From 2 on, chunks are smaller, and decode ten times as slowly.
        dtype: the type of flat buffers of bytes; they are lossless without one.
    """

    codec_id = "vaec"

    def __init__(
        self, max_error: Union[None, float, str] = None, *, model: Union[None, str, Model] = None,
        quality: Optional[float] = None, psnr: Optional[float] = None, store_model: str = "path", effort: int = 1,
        dtype: Optional[str] = None, model_bytes: Optional[str] = None, with_model: bool = False,
    ) -> None:  # fmt: skip
        options = {"max_error": max_error, "quality": quality, "psnr": psnr, "effort": effort}
        if model_bytes is not None or with_model:
            self._codec = ChunkCodec(model=model, model_bytes=model_bytes, with_model=with_model, **options)
        else:
            self._codec = ChunkCodec.make(model, store_model, **options)
        self.dtype = None if dtype is None else np.dtype(dtype).str

    def encode(self, buf: Any) -> bytes:
        """A chunk as a stream."""
        array = buf if isinstance(buf, np.ndarray) else ensure_contiguous_ndarray(buf)
        is_flat = array.dtype == np.uint8 and array.ndim == 1
        if self.dtype is not None and is_flat:
            array = array.view(self.dtype)
        elif is_flat and not isinstance(buf, np.ndarray):
            # Bytes of an unknown meaning.
            return ChunkCodec(effort=self._codec.effort).encode(array)
        return self._codec.encode(array)

    def decode(self, buf: Any, out: Any = None) -> Any:
        """The chunk of a stream."""
        array = self._codec.decode(ensure_contiguous_ndarray(buf))
        return array if out is None else ndarray_copy(np.ascontiguousarray(array), out)

    def get_config(self) -> dict[str, Any]:
        """What identifies the codec in a store."""
        config = {"id": self.codec_id, **self._codec.config}
        return config if self.dtype is None else {**config, "dtype": self.dtype}

    def __repr__(self) -> str:
        own = {name: value for name, value in self.get_config().items() if name not in ("id", "model_bytes")}
        return f"Vaec({', '.join(f'{name}={value!r}' for name, value in own.items())})"


register_codec(Vaec)
