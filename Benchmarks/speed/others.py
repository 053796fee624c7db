"""SZ3 (package pysz) and zfp (package zfpy), where they are installed: packing and unpacking arrays in memory."""

import time

import numpy as np


def sz3():
    from pysz import sz, szConfig, szErrorBoundMode

    def pack(array, bound):
        config = szConfig()
        config.errorBoundMode = szErrorBoundMode.ABS
        config.absErrorBound = bound
        return sz.compress(array, config)[0]
    return pack, lambda packed, array: sz.decompress(packed, array.dtype, array.shape)[0]


def zfp():
    import zfpy
    return lambda array, bound: zfpy.compress_numpy(array, tolerance=bound), \
        lambda packed, array: zfpy.decompress_numpy(packed)


def available():
    """Functions to pack and to unpack, by name, and what is missing."""
    found, missing = {}, []
    for name, make in (("SZ3", sz3), ("zfp", zfp)):
        try:
            found[name] = make()
        except ImportError as error:
            missing.append(f"{name} is skipped: {error}")
    return found, missing


def size(packed):
    return packed.nbytes if isinstance(packed, np.ndarray) else len(packed)


def error(back, rows):
    """Mean square. What stands for integers is rounded to one."""
    back = back.astype("f8")
    if rows.dtype.kind in "iu":
        limits = np.iinfo(rows.dtype)
        back = np.clip(np.rint(back), limits.min, limits.max)
    return float(np.mean((back - rows)**2))


def bound_for(codec, array, rows, decibels, peak, low, high, tries):
    """The greatest of some bounds on absolute errors between `low` and `high` that reaches a PSNR, or None."""
    pack, unpack = codec
    found = None
    for _ in range(tries):
        middle = (low * high)**0.5
        back = np.asarray(unpack(pack(array, middle), array))
        if error(back.reshape(rows.shape), rows) <= peak**2 * 10**(-decibels / 10):
            low = found = middle
        else:
            high = middle
    return found


def best(codec, rows, decibels, peak):
    """Array and bound with which a codec takes least at a PSNR: rows as they are, or each as one line, or all in one.

    A part of the rows decides which; the bound is then found on all.
    """
    some = rows[:len(rows) // 4]
    choices = []
    for layout in {rows.shape[1:], (rows[0].size,), ()}:
        shaped = lambda rows: np.ascontiguousarray(rows.reshape((-1, *layout)), "f4")
        bound = bound_for(codec, shaped(some), some, decibels, peak, 1e-6 * peak, peak, 10)
        if bound is not None:
            choices.append((size(codec[0](shaped(some), bound)), bound, shaped(rows)))
    if not choices:
        return None
    _, bound, array = min(choices, key=lambda choice: choice[0])
    bound = bound_for(codec, array, rows, decibels, peak, bound / 4, bound * 2, 7)
    return bound and (array, bound)


def run(codec, array, bound):
    """Bytes, and seconds to pack and to unpack."""
    start = time.perf_counter()
    packed = codec[0](array, bound)
    middle = time.perf_counter()
    codec[1](packed, array)
    return {"bytes": size(packed), "encode": middle - start, "decode": time.perf_counter() - middle}
