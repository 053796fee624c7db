"""What other compressors make of an array or a text: the smallest of several layouts of each."""

import bz2
import lzma

import numpy as np


def layouts(array):
    """The array as it is, flat, with its first axis last, and column by column."""
    yield array
    yield array.ravel()
    if array.ndim > 1:
        yield np.ascontiguousarray(np.moveaxis(array, 0, -1))
        yield np.ascontiguousarray(array.reshape(len(array), -1).T).ravel()


def exact(data):
    """Names and bytes of lossless peers."""
    texts = [data] if isinstance(data, bytes) else [a.tobytes() for a in layouts(data)]
    yield "xz -9e", min(len(lzma.compress(t, preset=9 | lzma.PRESET_EXTREME)) for t in texts)
    yield "bzip2", min(len(bz2.compress(t, 9)) for t in texts)
    try:
        import zstandard

        yield "zstd -19", min(len(zstandard.ZstdCompressor(level=19).compress(t)) for t in texts)
    except ImportError:
        pass
    if isinstance(data, bytes):
        return
    try:
        from pcodec import ChunkConfig, standalone

        wide = data.astype("u2") if data.dtype == "u1" else data
        flat = [a.ravel() for a in layouts(wide)]
        yield "pcodec", min(len(standalone.simple_compress(np.ascontiguousarray(a), ChunkConfig(compression_level=12))) for a in flat)
    except ImportError:
        pass


def bounded(array, bound):
    """Names and bytes of peers that keep an absolute bound on every error; only those whose decoded values keep it."""
    floats = array if array.dtype.kind == "f" else array.astype("f4" if array.dtype.itemsize < 4 else "f8")
    try:
        from pysz import sz, szConfig, szErrorBoundMode

        sizes = []
        for layout in layouts(floats):
            if layout.ndim > 4:
                continue
            config = szConfig()
            config.errorBoundMode = szErrorBoundMode.ABS
            config.absErrorBound = bound
            packed, _ = sz.compress(np.ascontiguousarray(layout), config)
            back, _ = sz.decompress(packed, layout.dtype, layout.shape)
            if np.abs(back.astype("f8") - layout).max() <= bound * (1 + 1e-6):
                sizes.append(len(packed))
        if sizes:
            yield "SZ3", min(sizes)
    except ImportError:
        pass
    try:
        import zfpy

        sizes = []
        for layout in layouts(floats):
            if layout.ndim > 4:
                continue
            packed = zfpy.compress_numpy(np.ascontiguousarray(layout), tolerance=bound)
            if np.abs(zfpy.decompress_numpy(packed).astype("f8") - layout).max() <= bound * (1 + 1e-6):
                sizes.append(len(packed))
        if sizes:
            yield "zfp", min(sizes)
    except ImportError:
        pass
