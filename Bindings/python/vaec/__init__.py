"""vaec: compress arrays and tables with a model learned from your own data.

>>> model = vaec.fit(X)                                # X: samples x ..., or a table
>>> stream = model.encode(new, max_error="0.1%")       # bytes: the content of a .vaec file
>>> vaec.decode(stream, model)[:10]
>>> vaec.open("big.npy.vaec", model)[1000:1010]        # reads only the chunks it needs
>>> vaec.decode(vaec.pack(X))                          # a stream that decodes alone, lossless by default

Streams and models are those of the program ``vaec``. Calls release the GIL, and Ctrl-C stops them.
"""

from ._errors import CancelledError, DamagedError
from ._library import version as _version
from ._model import Model, encode, fit, pack
from ._models import find_model
from ._stream import Stream, decode, open  # noqa: A004
from ._table import Table

__version__ = _version()

__all__ = [
    "CancelledError",
    "DamagedError",
    "Model",
    "Stream",
    "Table",
    "decode",
    "encode",
    "find_model",
    "fit",
    "open",
    "pack",
]
