"""Scales of values and bounds of columns by the letter of vaec(5), for decode.py."""
import math
import struct

import numpy as np

from bits import F
from relative import Relative


def upper(r):
    """A binary64 number of which the lower half is 0."""
    return struct.unpack("<d", struct.pack("<Q", r.number("I") << 32))[0]


class Scale:
    def __init__(self, r):
        flags = r.number("B")
        assert flags < 16
        self.is_integer, self.offset = flags & 1 == 1, r.number("d")
        self.low, self.high, self.scale = -math.inf, math.inf, 1.0
        if flags & 8:
            assert flags & 6 == 0
            self.low = self.high = self.offset
            return
        self.scale = upper(r)
        upper(r)
        if flags & 2:
            self.low = r.number("d")
        if flags & 4:
            self.high = r.number("d")

    def number(self, value):
        with np.errstate(over="ignore"):
            return F((np.float64(value) - self.offset) / self.scale)

    def values(self, numbers):
        scaled = np.float64(self.scale) * numbers.astype("f8")
        values = self.offset + (np.rint(scaled) if self.is_integer else scaled)
        return np.where(values < self.low, self.low, np.where(values > self.high, self.high, values))


def scales(r, kind, values):
    assert kind <= 2
    return [Scale(r) for _ in range([0, 1, values][kind])]


def unscaled(numbers, scales):
    """The values that a model's numbers, rows x values, stand for."""
    if not scales:
        return numbers
    return np.stack(
        [scales[i % len(scales)].values(numbers[:, i]) for i in range(numbers.shape[1])], axis=1)


def expected(numbers, scales):
    """What is expected of the values that a model's numbers stand for: before they are rounded."""
    def values(scale, numbers):
        v = scale.offset + np.float64(scale.scale) * numbers.astype("f8")
        v = np.where(v < scale.high, v, scale.high)
        return np.where(v >= scale.low, v, scale.low)

    if not scales:
        return numbers.astype("f8")
    return np.stack(
        [values(scales[i % len(scales)], numbers[:, i]) for i in range(numbers.shape[1])], axis=1)


def bounds(r):
    """The bounds of columns, 0 for exact ones."""
    count = r.count()
    assert 0 < count <= 65536
    result = []
    for _ in range(count):
        kind = r.number("B")
        assert kind <= 2
        result.append((Relative if kind == 2 else float)(r.number("d") if kind else 0.0))
        assert not kind or 0 < result[-1] <= 2.0**1000
        assert kind != 2 or result[-1] < 1
    assert count > 1 or kind == 2
    return result
