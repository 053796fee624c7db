"""Bounds relative to values by the letter of vaec(5), for grid.py and integers.py."""
import bisect
import math
from fractions import Fraction

LN2 = 0.6931471805599453


class Relative(float):
    """A bound relative to each value."""


def is_useful(bound, dtype):
    """Whether values with a bound have positions."""
    least = {"f2": 2.0**-9, "f4": 2.0**-22}.get(str(dtype), 2.0**-34)
    return isinstance(bound, Relative) and bound >= least


def log(x):
    m, e = math.frexp(x)
    m, e = (2 * m, float(e - 1))
    if m > 1.4142135623730951:
        m, e = m * 0.5, e + 1
    z = (m - 1) / (m + 1)
    total = 1 / 21
    for k in range(19, 0, -2):
        total = total * (z * z) + 1 / k
    return e * LN2 + 2 * z * total


def exp(x):
    if not x <= 709:
        return math.inf
    x = max(x, -693.0)
    whole = math.floor(x / LN2 + 0.5)
    rest, total = x - whole * LN2, 1.0
    for k in range(13, 0, -1):
        total = total * rest / k + 1
    return total * 2.0**whole


class Integers:
    """Spans: starts, errors and first names."""

    def __init__(self, bound):
        self.starts, self.errors, self.names = [], [], []
        start = name = 0
        while start < 2**64:
            bits = max(0, start.bit_length() - 53)
            error = min(math.floor(Fraction(float(bound)) * (start >> bits << bits)), 2**62)
            self.starts.append(start)
            self.errors.append(error)
            self.names.append(name)
            count = max(1, (start // 16) // (2 * error + 1))
            start, name = start + count * (2 * error + 1), name + count

    def name(self, size):
        """That of a magnitude."""
        k = bisect.bisect(self.starts, size) - 1
        return self.names[k] + (size - self.starts[k]) // (2 * self.errors[k] + 1)

    def size(self, name):
        k = bisect.bisect(self.names, name) - 1
        return min(self.starts[k] + self.errors[k] + (name - self.names[k]) * (2 * self.errors[k] + 1), 2**64 - 1)

    def position(self, size):
        k = bisect.bisect(self.starts, int(size) if size < 2.0**63 else 2**63) - 1
        return float(self.names[k]) + (size - float(self.starts[k]) - float(self.errors[k])) / float(
            2 * self.errors[k] + 1)

    def size_at(self, position):
        return float(self.size(int(position + 0.5) if position < 2.0**51 else 2**51))

    def named(self, ordinal, shift):
        value = ordinal + shift
        name = min(self.name(abs(value)), 2**63 - 1)
        return -name if value < 0 else name

    def ordinal(self, name, shift):
        size = self.size(abs(name))
        if shift:
            return (0 if name < 0 else size) - shift
        size = min(size, 2**63 - 1)
        return -size if name < 0 else size


class Scale:
    def __init__(self, bound, dtype, least, decimals):
        lost = {"f2": 2.0**-11, "f4": 2.0**-24}.get(str(dtype), 2.0**-39)
        d = float(bound) - lost * (1 + float(bound))
        self.width, self.middle = log((1 + d) / (1 - d)), math.sqrt((1 - d) * (1 + d))
        self.integers = None if decimals is None else Integers(bound)
        self.power, self.least = 10.0 ** (decimals or 0), float(least)
        self.first = exp((1 + self.least) * self.width)

    def position(self, x):
        size = abs(x)
        if not size > 0:
            return 0.0
        if math.isinf(size):
            return -1e300 if x < 0 else 1e300
        if self.integers:
            position = self.integers.position(size * self.power)
        else:
            position = log(size) / self.width - self.least if size > self.first else size / self.first
        return -position if x < 0 else position

    def value(self, position):
        size = abs(position)
        if not size >= 0.5:
            return 0.0
        if self.integers:
            value = self.integers.size_at(size) / self.power
        else:
            value = exp((size + self.least) * self.width) * self.middle
        return -value if position < 0 else value


def scale(integers, bound, type):
    """What a plan has of a column; None if its values have no positions."""
    if not is_useful(bound, type.name):
        return None
    kind = integers.below(3 if type.limits else 12)
    if kind == 0:
        return None
    if kind > 1:
        return Scale(bound, type.name, 0, kind - 2)
    least = integers.signed()
    assert abs(least) <= 2**46 and not type.limits, "no plan"
    return Scale(bound, type.name, least, None)
