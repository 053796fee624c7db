"""Codecs that learn nothing, for comparison: SZ3 (package pysz) and zfp (package zfpy), where they are installed.

Each gets the held-out rows as they are, as one array of rows and values, and as one long signal, whichever suits it best,
and reaches a PSNR by its bound on absolute errors.
"""

import numpy as np

import curves


def sz3():
    from pysz import sz, szConfig, szErrorBoundMode

    def code(array, bound):
        config = szConfig()
        config.errorBoundMode = szErrorBoundMode.ABS
        config.absErrorBound = bound
        packed, _ = sz.compress(array, config)
        decoded, _ = sz.decompress(packed, array.dtype, array.shape)
        return packed.nbytes, decoded
    return code


def zfp():
    import zfpy

    def code(array, bound):
        packed = zfpy.compress_numpy(array, tolerance=bound)
        return len(packed), zfpy.decompress_numpy(packed)
    return code


def available():
    found = {}
    for name, make in (("SZ3", sz3), ("zfp", zfp)):
        try:
            found[name] = make()
        except ImportError:
            pass
    return found


def curve(code, held, peak):
    """Points over the range of useful bounds, from a half to a hundred-thousandth of the peak."""
    held = np.ascontiguousarray(held, "f8" if held.dtype == "f8" else "f4")
    shapes = {held.shape, (len(held), held.size // len(held)), (held.size,)}
    points = []
    for bound in np.geomspace(0.5, 1e-5, 24) * peak:
        for shape in shapes:
            array = held.reshape(shape)
            size, decoded = code(array, float(bound))
            error = np.mean((decoded.astype("f8") - array.astype("f8"))**2)
            points.append((8 * size / len(held), curves.psnr(error, peak)))
    return points
