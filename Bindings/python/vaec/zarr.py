"""An array-to-bytes codec for Zarr 3, found by entry point: ``zarr.create_array(..., serializer=VaecCodec(0.01))``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Optional, Union

import numpy as np
from zarr.abc.codec import ArrayBytesCodec
from zarr.core.common import parse_named_configuration
from zarr.registry import register_codec

from ._chunks import ChunkCodec
from ._model import Model


@dataclass(frozen=True, init=False)
class VaecCodec(ArrayBytesCodec):
    """Encodes chunks within an error bound, by a model, or lossless. The arguments are those of
    :class:`vaec.numcodecs.Vaec`."""

    is_fixed_size = False
    codec: ChunkCodec

    def __init__(
        self, max_error: Union[None, float, str] = None, *, model: Union[None, str, Model] = None,
        quality: Optional[float] = None, psnr: Optional[float] = None, store_model: str = "path", effort: int = 1,
    ) -> None:  # fmt: skip
        options = {"max_error": max_error, "quality": quality, "psnr": psnr, "effort": effort}
        object.__setattr__(self, "codec", ChunkCodec.make(model, store_model, **options))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> VaecCodec:
        _, configuration = parse_named_configuration(data, "vaec", require_configuration=False)
        made = cls.__new__(cls)
        object.__setattr__(made, "codec", ChunkCodec(**(configuration or {})))
        return made

    def to_dict(self) -> dict[str, Any]:
        return {"name": "vaec", "configuration": self.codec.config}

    def evolve_from_array_spec(self, array_spec: Any) -> VaecCodec:
        return self

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        raise NotImplementedError("the size of a stream is known when it is encoded")

    async def _encode_single(self, chunk_array: Any, chunk_spec: Any) -> Any:
        array = chunk_array.as_ndarray_like()
        stream = await asyncio.to_thread(self.codec.encode, np.asarray(array))
        return chunk_spec.prototype.buffer.from_bytes(stream)

    async def _decode_single(self, chunk_bytes: Any, chunk_spec: Any) -> Any:
        decoded = await asyncio.to_thread(self.codec.decode, chunk_bytes.to_bytes())
        dtype = chunk_spec.dtype
        native = dtype.to_native_dtype() if hasattr(dtype, "to_native_dtype") else np.dtype(dtype)
        return chunk_spec.prototype.nd_buffer.from_ndarray_like(
            decoded.reshape(chunk_spec.shape).astype(native, copy=False)
        )


register_codec("vaec", VaecCodec)
