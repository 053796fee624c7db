"""Values within bounds by the letter of vaec(5), for decode.py: slow, and short."""
import math
import struct
import sys

import numpy as np

import quick
import relative
from bits import M32, BitDecoder, F, quotient, wrap

BIG = 2.0**51


def hashed(a, b):
    h = (a ^ b * 0x9E3779B1 & M32) * 0x85EBCA6B & M32
    return (h ^ h >> 15) * 0xC2B2AE35 & M32


def whole(x):
    """The nearest integer of 51 bits."""
    return int(math.floor(x + 0.5)) if -BIG < x < BIG else int(BIG) if x >= BIG else -int(BIG)


def levels(x):
    """Four an octave."""
    return np.clip((np.asarray(x + 1e-30, "f8").view("i8") >> 50) - 3972, 0, 199)


def level(x):
    return max(0, min(199, (struct.unpack("<q", struct.pack("<d", x + 1e-30))[0] >> 50) - 3972))


class Type:
    """A type's values as bits and as ordered integers, where binary64 stands for them."""

    def __init__(self, name):
        self.name, self.dtype = str(name), np.dtype("<" + str(name))
        self.size = 8 * self.dtype.itemsize
        self.limits = None if name[0] == "f" else (np.iinfo(self.dtype).min, np.iinfo(self.dtype).max)

    def bits(self, x):
        """Those of the nearest value."""
        if self.limits is not None:
            x = 0 if math.isnan(x) else int(np.rint(max(self.limits[0], min(self.limits[1], x))))
            return x % (1 << self.size)
        return int.from_bytes(np.float64(x).astype(self.dtype).tobytes(), "little")

    def value(self, bits):
        return float(np.frombuffer(bits.to_bytes(self.size // 8, "little"), self.dtype)[0])

    def ordered(self, bits):
        number = bits - (1 << self.size) if bits >> self.size - 1 else bits
        return number if number >= 0 else number ^ (1 << self.size - 1) - 1

    def disordered(self, number):
        number = (number + (1 << self.size - 1)) % (1 << self.size) - (1 << self.size - 1)
        return (number if number >= 0 else number ^ (1 << self.size - 1) - 1) % (1 << self.size)

    def rounded(self, x):
        return x if math.isnan(x) and self.limits is None else self.value(self.bits(x))


class Shape:
    def __init__(self, shape, is_table):
        axes = list(shape)
        channels = axes.pop() if len(axes) > 1 and axes[-1] <= 4 else 1
        self.width = (axes[-1] if axes else 1) * channels
        self.narrow = len(axes) <= 1 and channels == 1 and self.width <= (1024 if is_table else 40)
        self.plane = self.width * axes[-2] if len(axes) > 1 else 0
        self.columns = math.prod(shape) if is_table else self.width if self.narrow else 1
        self.margin = max(self.plane + 4 * self.width, 20 * self.width) + 16

    def column(self, j):
        return j if self.width <= 256 else j * 64 // self.width

    def predictors(self, j, has_base):
        """Taps (rows, places, kind) and forgetting factors. Kinds are 0 for values before, 1 for those a plane before, 2 for
        what the model expects."""
        plain = self.narrow_predictors(j) if self.narrow else self.wide_predictors()
        if not has_base:
            return plain
        base = self.narrow_base(j) if self.narrow else [
            [(0, 0), (0, -1), (0, 1), (-1, 0), (1, 0)], [(0, 0), (0, -1), (0, 1), (-1, 0), (1, 0), (0, -2)],
            [(0, 0), (0, -1)], [(0, 0), (0, -1), (0, 1), (-1, 0)]]
        return [(taps + [(row, place, 2) for row, place in own], memory) for (taps, memory), own in zip(plain, base)]

    def narrow_base(self, j):
        left = [(0, -1 - k) for k in range(min(j, 4))]
        right = [(0, 1)] * (j + 1 < self.width)
        return [[(0, 0)] + left + right + [(-1, 0)], [(0, 0), (-1, 0)] + left[:2], [(0, 0)] + left[:2] + [(-1, 0)],
                [(0, 0)] + left[:3] + [(-1, 0)]]

    def narrow_predictors(self, j):
        width, few = self.width, self.width <= 4
        left = lambda most, row=0: [(row, -1 - k, 0) for k in range(min(j, most))]
        own = lambda rows: [(-k, 0, 0) for k in range(1, rows + 1)]
        above = []
        for d in range(1, max(2, width)):
            above += [(-1, d, 0)] * (j + d < width) + [(-1, -d, 0)] * (j >= d)
        many = left(12) + own(1) + above[:3 if few else 8] + [(-2, 0, 0)]
        for d in range(1, 4 if few else 2):
            many += [(-2, -d, 0)] * (j >= d) + [(-2, d, 0)] * (j + d < width)
        many += [(-3, 0, 0)] + [(-4, 0, 0)] * few
        return [
            (many, 0.996), (own(16) + left(4) + left(2, -1), 0.9995), (own(3) + left(2) + left(2, -1), 0.92),
            (own(8) + left(3) + left(2, -1) + [(-1, 1, 0)] * (j + 1 < width), 0.98)]

    def wide_predictors(self):
        row = lambda row, places: [(row, place, 0) for place in places]
        left = lambda most: row(0, range(-1, -1 - most, -1))
        front = lambda places: [(0, place, 1) for place in places if self.plane]
        return [
            (left(6) + row(-1, range(-3, 4)) + row(-2, range(-1, 2)) + front(range(-2, 2)), 0.999),
            (left(8) + row(-1, range(-4, 5)) + row(-2, range(-2, 3)) + row(-3, [0]) + front(range(-2, 3)), 0.9999),
            (left(2) + row(-1, [0, -1, 1]) + row(-2, [0]) + front([0, -1]), 0.95),
            (left(4) + row(-1, [0, -1, -2, 1, 2]) + row(-2, [0, 1]) + front([0, -1, 1]), 0.99)]


# The plan

class Integers:
    def __init__(self, coder):
        self.coder, self.probabilities, self.last = coder, {}, 0

    def bit(self, place):
        p = self.probabilities.get(place, 32768)
        bit = self.coder.bit(max(64, min(65472, p)))
        self.probabilities[place] = p + (65535 - p >> 4) if bit else p - (p >> 4)
        return bit

    def number(self):
        k = 0
        while k < 63 and self.bit((self.last, k)):
            k += 1
        self.last, n = k, 1
        for i in range(k):
            n = 2 * n + (self.bit((k, n, 0)) if i < 11 else self.coder.bit(32768))
        return n - 1

    def signed(self):
        n = self.number()
        return -(n + 1) // 2 if n % 2 else n // 2

    def below(self, limit):
        n = self.number()
        assert n < limit, "no plan"
        return n


class Grid:
    """Names of numbers."""
    kind, dictionary, numbers = "affine", [], []
    offset, step, power = 0.0, 1.0, 1.0

    def read(self, integers, type, values):
        """Or the exponent of what is left to rounding, for steps that bounds make."""
        kind = integers.below(6)
        self.kind = ["affine", "digits", "ordered", "free", "lattice", "anchored"][kind]
        if kind in (0, 5):
            self.power = 10.0 ** integers.below(16)
            self.step, self.offset = float(integers.number()), float(integers.signed())
            assert self.step > 0, "no plan"
            if kind == 5:
                self.stride = integers.below(2**50 + 1)
                assert self.stride, "no plan"
                self.free_step = float(self.stride) * (self.step / self.power)
                return self
        elif kind == 1:
            self.digits = integers.below(15)
            assert self.digits >= 2, "no plan"
            self.first = 10 ** (self.digits - 1)
        elif kind == 2:
            is_narrow = integers.below(2)
            assert not is_narrow or type.name == "f8", "no plan"
            self.type = Type("f4") if is_narrow else type
        else:
            self.margin = integers.below(51)
            assert self.margin >= 2, "no plan"
            return self
        names = []
        for k in range(integers.below(values + 1)):
            names.append(integers.signed() if k == 0 else names[-1] + 1 + min(integers.number(), 2**63 - 1))
            assert names[-1] < 2**63, "no plan"
        self.numbers = [type.rounded(self.plain_value(name)) for name in names]
        self.dictionary = names
        return self

    @property
    def is_free(self):
        """Whether names count from the prediction."""
        return self.kind in ("free", "anchored")

    def bounded(self, bound):
        """The same with the steps of a bound."""
        if self.kind not in ("free", "lattice"):
            return self
        grid = Grid()
        grid.kind = "free" if self.is_free else "affine"
        grid.step = grid.free_step = max(2 * (bound - bound * 2.0**-self.margin), 2.0**-1022)
        return grid

    def origin(self, x):
        """Where names count from, and its name."""
        if self.kind == "free":
            return x, 0
        name = self.plain_name(x)
        return self.plain_value(name), name

    def value_from(self, origin, name):
        if self.kind == "free":
            return origin[0] + float(name) * self.step
        return self.plain_value(wrap(origin[1] + name * self.stride))

    def plain_value(self, name):
        if self.kind in ("affine", "anchored"):
            return (self.offset + float(name) * self.step) / self.power
        if self.kind == "ordered":
            return self.type.value(self.type.disordered(name))
        if name == 0:
            return 0.0
        exponent, mantissa = divmod(abs(name) - 1, 9 * self.first)
        e, m = min(exponent, 400) - 12 - self.digits + 1, float(mantissa + self.first)
        if e >= 0:
            m *= 10.0 ** min(e, 22)
        elif e >= -22:
            m /= 10.0 ** -e
        else:
            m = m / 1e22 / 10.0 ** min(22, -e - 22)
        return -m if name < 0 else m

    def plain_name(self, x):
        if self.kind in ("affine", "anchored"):
            return whole((x * self.power - self.offset) / self.step)
        if self.kind == "ordered":
            return self.type.ordered(self.type.bits(x))
        size = min(abs(x), 0.999 * 1e10)
        if not size >= 1e-12:
            return 0
        e = -12
        while e < 9 and size >= (1 / 10.0 ** (-e - 1) if e < -1 else 10.0 ** (e + 1)):
            e += 1
        shift = self.digits - 1 - e
        scaled = (size / 10.0 ** -shift if shift < 0 else
                  size * (1e22 * 10.0 ** (shift - 22)) if shift > 22 else size * 10.0 ** shift)
        name = (e + 12) * 9 * self.first + max(0, int(math.floor(scaled + 0.5)) - self.first) + 1
        return -name if x < 0 else name

    def value(self, name):
        n = len(self.numbers)
        if not n:
            return self.plain_value(name)
        if 0 <= name < n:
            return self.numbers[name]
        low, high = self.numbers[0], self.numbers[-1]
        return (low if name < 0 else high) + float(name if name < 0 else name - n + 1) * (high - low + 1)

    def name(self, x):
        n = self.numbers
        if not n:
            return self.plain_name(x)
        low, high = 0, len(n)
        while low < high:
            middle = (low + high) // 2
            if n[middle] < x:
                low = middle + 1
            else:
                high = middle
        if low == 0 or low == len(n):
            return max(0, low - 1)
        return low - 1 if x - n[low - 1] < n[low] - x else low

    def lower(self, name):
        """The boundary below a name."""
        name = wrap(name)
        if self.kind == "affine" and not self.numbers:
            return (self.offset + (float(name) - 0.5) * self.step) / self.power
        return 0.5 * (self.value(wrap(name - 1)) + self.value(name))

    def plain(self, name):
        d = self.dictionary
        return d[max(0, min(len(d) - 1, name))] if d else name

    def renamed(self, plain):
        """The name with a plain name, or None."""
        if not self.dictionary:
            return plain
        if not hasattr(self, "places"):
            self.places = {plain: name for name, plain in enumerate(self.dictionary)}
        return self.places.get(plain)


class Column:
    bits, least = 0, 0


def unit(numbers):
    """Exponent and center of a column; None if its numbers do not vary."""
    mean = squares = 0.0
    for number in numbers:
        mean += number / len(numbers)
    for number in numbers:
        squares += (number - mean) * (number - mean) / len(numbers)
    deviation = math.sqrt(squares) if squares >= 0 else math.nan
    if not (0 < deviation < math.inf and math.isfinite(mean)):
        return None
    exponent = max(-1000, min(1000, math.frexp(deviation)[1]))
    center = mean / 2.0**exponent
    if not abs(center) <= 1e9 + 1:
        return exponent, 0
    size = math.floor(abs(center))
    size += abs(center) - size >= 0.5
    return exponent, 0 if size > 10**9 else -size if center < 0 else size


def plan(coder, types, values, units=None):
    """Flags, and columns without bounds. `units`: those of what the model expects."""
    integers, columns = Integers(coder), []
    flags = integers.below(16)
    assert units is not None or not flags & 8, "no plan"
    assert not flags & 2 or all(t.limits and t.size == 16 for t in types), "no plan"
    for place, type in enumerate(types):
        column, is_same = Column(), integers.below(2)
        if is_same:
            assert place and types[place - 1].name == type.name, "no plan"
        column.grid = columns[-1].grid if is_same else Grid().read(integers, type, values // len(types))
        column.bits = integers.below(17)
        if column.bits:
            assert not column.grid.is_free, "no plan"
            column.least = integers.signed()
        exponent, center = flags & 8 and units[place] or (integers.signed(), integers.signed())
        assert abs(exponent) <= 1000 and abs(center) <= 2**31 and np.isfinite(center * 2.0**exponent), "no plan"
        column.unit = 2.0**exponent
        column.center = float(center) * column.unit
        columns.append(column)
    return flags, columns


# Predictions

class Prediction:
    order = [0, 1, 5, 4]

    def __init__(self, shape, count, base=None):
        self.shape, w = shape, shape.width
        columns = [shape.predictors(j, base is not None) for j in range(w if shape.narrow else 1)]
        n = self.n = max(len(taps) + 4 & ~3 for own in columns for taps, _ in own)
        start = (0, 0, 2) if base is not None else (-1, 0, 0) if shape.narrow else (0, -1, 0)
        self.rows, self.places, self.counts = (np.zeros((len(columns), 4, n), "i8") for _ in range(3))
        self.keep, self.keep_base, self.one = (np.zeros((len(columns), 4, n)) for _ in range(3))
        self.inputs_of = [[len(taps) + 1 for taps, _ in own] for own in columns]
        self.memory = np.array([[memory] for _, memory in columns[0]])
        for c, own in enumerate(columns):
            for k, (taps, _) in enumerate(own):
                for m, (row, place, kind) in enumerate(taps):
                    self.rows[c, k, m] = -shape.plane if kind == 1 else row * w
                    self.places[c, k, m] = place
                    (self.keep_base if kind == 2 else self.keep)[c, k, m] = 1
                self.one[c, k, len(taps)] = 1
        self.segments = w if shape.narrow else min(w, 1024)
        # The first predictor is one of each segment, the others of each column.
        self.weights = np.zeros((self.segments, 4, n))
        self.spread = np.zeros((self.segments, 4, n, n))
        for s in range(self.segments):
            c = s if shape.narrow else 0
            for k, (taps, _) in enumerate(columns[c]):
                self.weights[s, k, taps.index(start)] = 1
                self.reset(s, c, k, 30.0)
        margin = self.margin = shape.margin
        self.numbers = np.zeros(margin + count)
        self.base = None if base is None else np.concatenate([np.zeros(margin), base, np.zeros(margin)])
        # Lists of integers, as those wrap around at other places.
        self.names, self.distances = [0] * (margin + count), [0] * (margin + count)
        self.errors = np.zeros((margin + count, 7), F)
        self.errors[:margin] = 0.01
        self.columns = min(w, 4096)
        self.usual = np.full((self.columns, 7), 0.05)
        self.means = np.full((7, 24, 2), 4.0)
        self.blend_means = np.full((24, 16, 2), 2.0)
        self.seven = np.arange(7)

    def reset(self, s, c, k, diagonal):
        inputs = self.inputs_of[c][k]
        self.spread[s, k] = 0
        self.spread[s, k, np.arange(inputs), np.arange(inputs)] = diagonal

    def predict(self, i, j):
        shape, w, narrow, at = self.shape, self.shape.width, self.shape.narrow, i + self.margin
        self.at, self.row, self.place = at, i // w, j % self.columns
        c = self.column = j if narrow else 0
        s = self.segment = j if narrow else j * self.segments // w
        if not narrow and s:
            # The common predictors are kept with the first segment.
            self.weights[s, 1:] = self.weights[0, 1:]
            self.spread[s, 1:] = self.spread[0, 1:]
        places = self.places[c]
        index = at + self.rows[c] + (places if narrow else np.clip(j + places, 0, w - 1) - j)
        x = self.numbers[np.where(index < at, index, index - w)] * self.keep[c] + self.one[c]
        if self.base is not None:
            x += self.base[index] * self.keep_base[c]
        self.x = x
        sums = np.add.accumulate((self.weights[s] * x).reshape(4, -1, 4), axis=1)[:, -1]
        sums = (sums[:, 0] + sums[:, 1]) + (sums[:, 2] + sums[:, 3])
        self.own = np.where(np.abs(sums) < 1e300, sums, 0.0)

        above = at - w
        left = above if not narrow and j == 0 else at - 1
        left2 = at - 2 if j > 1 else left
        corner = above - 1 if j > 0 else above
        other = above + 1 if j + 1 < w else above
        self.around = above, left, left2, corner
        number = lambda place: float(self.numbers[place])
        p = [0.0] * 6
        for k, own in zip(self.order, self.own.tolist()):
            p[k] = own
        if self.base is None:
            p[2] = number(above)
            p[3] = 2 * p[2] - number(above - w) if narrow else number(left) + number(above) - number(corner)
        else:
            near = above if narrow else left
            p[2] = float(self.base[at])
            p[3] = p[2] + (number(near) - float(self.base[near]))
        self.p = p
        e = lambda place: self.errors[place].astype("f8")
        if narrow:
            local = (2 * e(above) + e(above - w) + e(above - 2 * w)) * 0.25
        else:
            local = (2 * e(left) + 2 * e(above) + e(left2) + e(corner) + e(other) + e(above - w)) * 0.125
        usual = self.usual[self.place]
        difference = levels(local) - levels(usual)
        self.levels = np.clip(np.where(difference < 0, -(-difference // 2), difference // 2) + 12, 0, 23)
        means = self.means[self.seven, self.levels]
        self.scales = (usual * (means[:, 0] / means[:, 1])).tolist()
        self.local = local
        inverse = 0.5 * local + 0.5 * usual + 1e-9
        inverse = 1 / (inverse * inverse)
        weights = total = 0.0
        for weight, own in zip((inverse * inverse).tolist(), p):
            weights += weight
            total += weight * own
        mean = float(np.float64(total) / np.float64(weights))
        self.blend = mean if abs(mean) <= 1e15 else 0.0
        self.level = int(self.levels[6])
        own, e = self.usual[:, 6], self.errors[:, 6]
        if narrow:
            varies = float(e[at - 1]) / float(own[j - 1 if j else w - 1])
            if j > 1:
                varies += 0.5 * float(e[at - 2]) / float(own[j - 2])
        else:
            l, a, c, o = (number(place) for place in (left, above, corner, other))
            varies = (abs(l - c) + abs(a - c) + abs(a - o)) / (float(own[self.place]) + 1e-12) * 0.5
        self.variation = max(0, min(15, level(varies) - level(0.125) >> 1))
        self.usual_error = float(usual[6])
        total, n = self.blend_means[self.level, self.variation].tolist()
        self.blend_scale = self.usual_error * (total / n)

    def skip(self, name):
        self.numbers[self.at], self.names[self.at] = self.blend, name
        self.errors[self.at] = np.minimum(self.local, 1e30)

    def settle(self, number, name, distance, least):
        number = number if abs(number) <= 1e100 else 0.0
        self.numbers[self.at], self.names[self.at], self.distances[self.at] = number, name, distance
        self.learn(number)
        pace = max(0.03 if self.shape.narrow else 0.06, 1 / (self.row + 1.5))
        errors = np.minimum(np.abs(number - np.array(self.p + [self.blend])), 1e30)
        self.errors[self.at] = errors
        usual = self.usual[self.place]
        relative = errors / usual
        self.add(self.means, (self.seven, self.levels), relative)
        self.add(self.blend_means, ([self.level], [self.variation]), relative[6:])
        usual, least = usual + (errors - usual) * pace, least * 0.02 + 1e-12
        self.usual[self.place] = np.where(usual >= least, usual, least)

    @staticmethod
    def add(means, places, terms):
        new = means[places] + np.stack([terms, np.ones(len(terms))], 1)
        means[places] = np.where(new[:, 1:] > 400, new * 0.5, new)

    def learn(self, number):
        s, x = self.segment, self.x
        error = number - self.own
        spread = self.spread[s]
        gains = np.add.reduce(spread * x[:, :, None], axis=1)
        power = np.add.accumulate((gains * x).reshape(4, -1, 4), axis=1)[:, -1]
        power = self.memory[:, 0] + ((power[:, 0] + power[:, 1]) + (power[:, 2] + power[:, 3]))
        good = (power > 0) & (power <= 1e200) & (np.abs(error) < 1e300)
        inverse = 1 / power
        fading = (1 / self.memory)[:, :, None]
        new = self.weights[s] + gains * (error * inverse)[:, None]
        self.weights[s] = np.where(good[:, None], new, self.weights[s])
        self.spread[s] = (spread - gains[:, None, :] * (gains * inverse[:, None])[:, :, None]) * fading
        diagonal = np.add.accumulate(np.einsum("kaa->ka", self.spread[s]), axis=1)[:, -1]
        good &= (diagonal < 1e8) & (diagonal > 0)
        for k in np.flatnonzero(~good):
            self.reset(s, self.column, k, 1.0)
        if not self.shape.narrow and s:
            self.weights[0, 1:] = self.weights[s, 1:]
            self.spread[0, 1:] = self.spread[s, 1:]


class Expectation:
    def __init__(self, column, prediction):
        grid, unit = column.grid, column.unit
        value = self.value = column.center + unit * prediction.blend
        if grid.is_free:
            self.name, self.plain = 0, whole(value / grid.free_step)
            self.origin, self.step = grid.origin(value), grid.free_step
            low = self.origin[0] - 0.5 * self.step
        else:
            self.name = grid.name(value)
            self.plain = grid.plain(self.name)
            low, high = grid.lower(self.name), grid.lower(self.name + 1)
            self.step = min(high - low, 1.7976931348623157e308) if high > low else 1e-300
        eighths = (value - low) / self.step * 8
        self.eighth = (int(eighths) if eighths < 8 else 7) if eighths > 0 else 0
        size = prediction.blend_scale * unit / self.step
        self.level = max(0, min(23, level(size) - level(0.0625) >> 1))
        self.octaves = 0 if size < 4 else 60 if math.isinf(size) else min(60, math.frexp(size)[1] - 1)
        centers = np.array([0.0, 0.0] + prediction.p) * unit + column.center
        centers[:2] = value
        scales = np.array([prediction.blend_scale, prediction.usual_error] + prediction.scales[:6]) * unit
        least = 0.03 * self.step
        self.centers, self.inverse = centers, 1 / np.where(scales > least, scales, least)

    def tails(self, boundary, sign):
        """The probabilities that the number is above a boundary, or below."""
        d = (boundary - self.centers) * self.inverse * sign
        d = np.where(d < 2.0**200, d, 2.0**200)
        a = np.abs(np.where(d < -2.0**200, -2.0**200, d))
        q = a * a + 4
        u = a / np.sqrt(q)
        rest = 4 / q / (u + 1)
        tail = rest * rest * (u + 2) * 0.25
        return np.where(d <= 0, 1 - tail, tail)


# Bits

def curves():
    squashed, power = np.zeros(6145, F), 1.0
    for d in range(3073):
        squashed[3072 + d], squashed[3072 - d] = 1 / (1 + power), power / (1 + power)
        power *= 0.9961013694701175
    wide, stretched, d = squashed.tolist(), [], -3071
    for p in range(4096):
        wanted = (p + 0.5) / 4096
        while d < 3072 and wide[3072 + d] < wanted:
            d += 1
        low, high = wide[3071 + d], wide[3072 + d]
        stretched.append((d - 1 + (wanted - low) / (high - low)) / 256)
    return squashed, np.array(stretched, F)


class Mixer:
    squashed, stretched = curves()
    first = np.array([0.13] * 8 + [0.04] * 12 + [0.3] * 2 + [0] * 2, F)
    shares = np.array([int(65536 / (uses + 1.6)) for uses in range(1024)])
    trust = np.array([(uses + 0.3) / (uses + 1.5) for uses in range(1024)], F)
    fast, slow = F(0.008), F(0.002)

    def __init__(self, coder, slot_bits):
        self.coder, self.mask = coder, np.uint32((1 << slot_bits) - 1)
        # Relative to 2^31, so that most of the memory is never touched.
        self.slots = np.zeros((12, 1 << slot_bits), "u4")
        self.twelve = np.arange(12)
        self.weights = np.zeros((120, 1024, 24), F)
        self.expectations = np.zeros((2, 64, 64), "u4")
        line = np.array([int(float(p) * 4294967295) for p in self.squash((np.arange(33, dtype=F) - F(16)) * F(0.5))])
        self.refining = np.tile(line, (16, 64, 1))
        self.bits, self.rate = 0, self.fast
        self.inputs = np.zeros(24, F)
        self.inputs[22] = 0.3
        self.high = {}

    @classmethod
    def squash(cls, x):
        place = (np.clip(x, F(-11.99), F(11.99)) + F(12)) * F(256)
        n = place.astype("i8")
        low = cls.squashed[n]
        return low + (cls.squashed[n + 1] - low) * (place - n.astype(F))

    def answer(self, probabilities):
        p = np.where(probabilities > 0, probabilities, 0.0)
        p = np.where(p > 1, 1.0, p)
        self.inputs[:8] = self.stretched[np.rint(p * 4095).astype("i8")]

    def count(self, bit, slots, limit):
        p, uses = slots >> 10, slots & 1023
        p = p + (((2**22 - 1 if bit else 0) - p) * self.shares[uses] >> 16)
        return p << 10 | np.where(uses < limit, uses + 1, uses)

    def bit(self, node, slot):
        own = node if node < 63 else 40 + min(node - 864, 20) if node >= 864 else 63
        high = self.high.setdefault(slot >> 4, np.uint32(hashed(slot >> 4, 0x01234567) & ~15))
        h = (self.hashes + high) * np.uint32(0x2C1B3C6D)
        h ^= h >> np.uint32(15)
        places = (self.twelve, (h << np.uint32(4) | np.uint32(slot & 15)) & self.mask)
        slots = self.slots[places].astype("i8") ^ 2**31
        x = self.inputs
        x[8:20] = self.stretched[slots >> 20] * self.trust[slots & 1023]
        for m in range(2):
            x[20 + m] = 0
            if self.matching[m]:
                known = int(self.expectations[m, self.records[m], own]) ^ 2**31
                x[20 + m] = self.stretched[known >> 20] if self.expected[m] else -self.stretched[known >> 20]
        weights = self.weights[self.sets, node]
        all = ((weights + self.first) * x).reshape(3, 3, 8)
        all = all[:, 0] + all[:, 1] + all[:, 2]
        all = all[:, :4] + all[:, 4:]
        sums = np.clip((all[:, 0] + all[:, 1]) + (all[:, 2] + all[:, 3]), F(-1e6), F(1e6))
        mean = (sums[0] + sums[1] + sums[2]) * F(1 / 3)
        squashed = self.squash(np.array([mean, *sums], F))
        p = squashed[0]
        place = (max(F(-7.99), min(F(7.99), mean)) + F(8)) * F(2)
        n = int(place)
        rest = place - F(n)
        line = self.refining[self.refinement, own]
        if not (mean > F(7.9) or mean < F(-7.9)):
            refined = (F(line[n]) * (F(1) - rest) + F(line[n + 1]) * rest) * F(2.0**-32)
            p = p * F(0.7) + refined * F(0.3)
        bit = self.coder.bit(int(max(1, min(65535, p * F(65536)))))

        near = n + (rest > F(0.5))
        line[near] += M32 - line[near] >> 6 if bit else -(line[near] >> 6)
        self.bits += 1
        if self.bits % 1024 == 0:
            self.rate = self.slow + (self.fast - self.slow) * (F(1) / (F(1) + F(self.bits) * (F(1) / F(100000))))
        steps = (F(bit) - squashed[1:]) * self.rate
        self.weights[self.sets, node] = weights + x * steps[:, None]
        self.slots[places] = self.count(bit, slots, 400) ^ 2**31
        for m in range(2):
            if self.matching[m]:
                known = np.int64(self.expectations[m, self.records[m], own]) ^ 2**31
                agrees = bit == self.expected[m]
                self.expectations[m, self.records[m], own] = self.count(agrees, known, 255) ^ 2**31
                self.matching[m] = agrees
        return bit


class Match:
    def __init__(self, keys):
        self.keys, self.table = keys, {}
        self.at, self.length, self.failures = -1, 0, 0

    def find(self, names, margin, i, key):
        for d in range(1, self.keys + 1):
            key = hashed(key, names[margin + i - d] & M32)
        if self.at >= 0:
            self.at += 1
        if self.at < 0 or self.length < 6:
            found, length = self.table.get(key >> 14, -1), 0
            while found >= 0 and length < 32 and found > length and (
                    names[margin + found - length - 1] == names[margin + i - length - 1]):
                length += 1
            if length > self.length:
                self.at, self.length, self.failures = found, length, 0
            elif self.failures > 8:
                self.at = -1
        self.table[key >> 14] = i

    def settle(self, names, margin, i):
        if self.at >= 0:
            if names[margin + self.at] == names[margin + i]:
                self.length += 1
                if self.length > 15:
                    self.failures = 0
            else:
                self.length, self.failures = 0, self.failures + 1


class Exceptions:
    def __init__(self, coder, shape, size):
        self.coder, self.shape, self.size = coder, shape, size
        self.exceptional, self.chances, self.last = [0] * shape.width, [2000] * 256, 0

    def bits(self, i, j):
        """The bits of an exception; None if value i is none."""
        before = i > 0 and self.exceptional[j - 1]
        context = min(self.shape.column(j), 63) * 4 + self.exceptional[j] * 2 + before
        p = self.chances[context]
        self.exceptional[j] = self.coder.bit(max(8, min(65528, p)))
        if not self.exceptional[j]:
            self.chances[context] = p - (p >> 5)
            return None
        self.chances[context] = p + (65535 - p >> 5)
        if not self.coder.bit(60000):
            self.last = 0
            for _ in range(self.size):
                self.last = 2 * self.last + self.coder.bit(32768)
        return self.last


class Decoder:
    def __init__(self, dtype, shape, bounds, rows, data, base):
        assert data[0] == 0, "another way"
        self.type, self.shape = Type(dtype), Shape(shape, len(bounds) > 1 or dtype.fields)
        self.count = rows * math.prod(shape)
        self.coder = BitDecoder(data[1:])
        count = self.shape.columns
        types = self.types = [Type(field) for field in dtype.fields or [dtype] * count]
        bounds = bounds if len(bounds) > 1 else bounds * count
        integers = Integers(self.coder)
        scales = self.scales = [relative.scale(integers, bound, type) for bound, type in zip(bounds, types)]
        if base is not None and any(scales):
            base = np.array([scales[i % count].position(x) if scales[i % count] else x
                             for i, x in enumerate(base.tolist())])
        units = None if base is None else [unit(base[k::count].tolist()) for k in range(count)]
        named = [Type("f8") if scale else type for scale, type in zip(scales, types)]
        self.flags, self.columns = plan(self.coder, named, self.count, units)
        for k, column in enumerate(self.columns):
            bound = 0.5 if scales[k] else 0.0 if isinstance(bounds[k], relative.Relative) else bounds[k]
            column.grid = column.grid.bounded(bound)
        self.mixer = Mixer(self.coder, max(14, min(20, (4 * self.count - 1).bit_length())))
        self.doubts = {}
        numbers = None
        if self.flags & 8:
            centers, scales = (np.tile(values, self.count // count) for values in (
                [column.center for column in self.columns], [1 / column.unit for column in self.columns]))
            numbers = (base - centers) * scales
            numbers = np.where(np.abs(numbers) <= 1e100, numbers, 0.0)
        self.prediction = Prediction(self.shape, self.count, numbers)
        self.matches = [Match(5), Match(3)]
        self.exceptions = Exceptions(self.coder, self.shape, self.type.size)

    def contexts(self, i, j, column, expected, group):
        prediction, narrow = self.prediction, self.shape.narrow
        names, at = prediction.names, prediction.at
        above, left, left2, corner = prediction.around
        low = lambda n: n & M32
        near = lambda n, most: max(-most, min(most, wrap(n))) & M32

        def size(place):
            d = prediction.distances[place]
            m = abs(d)
            return (m if m < 3 else 3 if m < 5 else 4 if m < 9 else 5 if m < 17 else 6 if m < 65 else 7) + 8 * (d < 0)

        a, aa, l, ll = names[above], names[above - self.shape.width], names[left], names[left2]
        plain, level, eighth = expected.plain, expected.level, expected.eighth
        own = hashed(group, 55 if column.bits else low(plain))
        beside = hashed(own, low(l))
        h = [
            hashed(group, level >> 1),
            hashed(level, eighth + 100),
            hashed(hashed(group, size(above) + 200), size(left)),
            own,
            hashed(own, low(a + 1000)),
            hashed(own, low(l + 77777)),
            hashed(beside, low(ll + 5)),
            hashed(beside, low(a + 9)),
            hashed(hashed(level, low(near(a - plain, 64) + 900)), size(left) if narrow else near(l - plain, 64)),
            hashed(hashed(group if narrow else level, low(near(a - plain, 32) + 3)),
                   near((aa if narrow else names[corner]) - plain, 32)),
            hashed(prediction.level * 16 + prediction.variation, level * 8 + eighth),
            hashed(hashed(own, low(names[at - 3] + 13)), low(names[at - 2]) if narrow else 0),
        ]
        if column.bits:
            name = low(expected.name)
            h[0] = hashed(group, name)
            h[2] = hashed(hashed(level, name), eighth)
            h[8] = hashed(low(l), low(ll + 8))
            h[9] = hashed(hashed(group, low(a)), low(aa))
            h[10] = hashed(h[8], low(names[at - 3]))
            h[1] = hashed(hashed(h[10], low(names[at - 4])), low(names[at - 5]))
        self.mixer.hashes = np.array(h, "u4")

    def name(self, j, column, expected, prediction):
        mixer, grid = self.mixer, column.grid
        found = [None if m.at < 0 or grid.is_free else grid.renamed(prediction.names[prediction.margin + m.at])
                 for m in self.matches]
        mixer.matching = [name is not None for name in found]
        mixer.records = [min(m.length, 15) + 16 * min(m.failures, 3) for m in self.matches]
        own = (self.shape.column(j) & 63 if self.shape.narrow
               else prediction.variation * 4 + min(3, max(0, quotient(prediction.level - 8, 3))))
        mixer.sets = np.array([
            expected.level, 24 + own, 88 + 16 * mixer.matching[0] + 8 * mixer.matching[1] + expected.eighth])
        mixer.refinement = 2 * expected.eighth + any(mixer.matching)
        if column.bits:
            return wrap(column.least + self.tree(
                column.bits, column.least, grid, expected, [wrap((n or 0) - column.least) for n in found]))
        return wrap(expected.name + self.distance(grid, expected, [wrap((n or 0) - expected.name) for n in found]))

    def ask(self, node, answer, expected):
        self.mixer.answer(answer)
        self.mixer.expected = expected
        return self.mixer.bit(node, node)

    def distance(self, grid, expected, matches):
        def boundary(distance):
            if grid.is_free:
                return expected.origin[0] + (float(wrap(distance)) - 0.5) * grid.free_step
            return grid.lower(expected.name + distance)

        below = expected.tails(boundary(0), -1)
        beyond = expected.octaves < 3
        if beyond:
            above = expected.tails(boundary(1), 1)
            if not self.ask(0, above + below, [int(m != 0) for m in matches]):
                return 0
            is_below = self.ask(1, (below + 1e-12) / (above + below + 2e-12), [int(m < 0) for m in matches])
        else:
            above = 1 - below
            is_below = self.ask(16, below, [int(m < 0) for m in matches])
        sizes = [wrap(-m if is_below else m if beyond else m + 1) for m in matches]
        sign = -1 if is_below else 1

        def tails(number):
            """Beyond the boundary before a number on this side."""
            m = number - 1
            return expected.tails(boundary(-m if is_below else m + 1 if beyond else m), sign)

        for k in range(2):
            if sizes[k] <= 0:
                self.mixer.matching[k], sizes[k] = False, 1
        n = self.number(expected.octaves, beyond, tails, below if is_below else above, sizes)
        if beyond:
            return wrap(-n if is_below else n)
        return wrap(-n if is_below else n - 1)

    def number(self, octaves, beyond, tails, low, sizes):
        """A number from 1 on."""
        high, least, most = np.zeros(8), 0, 63

        def asks(place):
            nonlocal low, high, least, most
            middle = tails(1 << place)
            node = 1 + min(place, 13) if beyond else 288 + min(place, 60) if place > 13 else 18 + place
            bit = self.ask(node, (middle - high + 1e-12) / (low - high + 2e-12), [int(s >> place != 0) for s in sizes])
            if bit:
                least, low = place, middle
            else:
                most, high = place - 1, middle
            return bit

        if asks(max(1, octaves)):
            while least < most and asks(least + 1):
                pass
        else:
            while most > least and not asks(most):
                pass
        n = 1
        for i in range(least):
            rest = least - 1 - i
            if i >= 7:
                n = 2 * n + self.coder.bit(32768)
                continue
            middle = tails((2 * n + 1) << rest)
            answer = (middle - high + 1e-12) / (low - high + 2e-12)
            if i < 2:
                bit = self.ask(
                    352 + 16 * min(least, 15) + n + (0 if beyond else 8), answer, [s >> rest & 1 for s in sizes])
            else:
                p = float((answer[0] + answer[1]) + (answer[2] + answer[3])) * 16384
                bit = self.coder.bit((int(p) if p < 65472 else 65472) if p > 64 else 64)
            if bit:
                low = middle
            else:
                high = middle
            n = 2 * n + bit
        return n

    def tree(self, bits, least, grid, expected, matches):
        mixer, saved, group = self.mixer, self.mixer.hashes, 0
        n, low, high = 1, np.ones(8), np.zeros(8)
        for depth in range(bits):
            rest = bits - 1 - depth
            tails = expected.tails(grid.lower(least + (n << rest + 1) - (1 << bits) + (1 << rest)), 1)
            answer = (tails - high + 1e-9) / (low - high + 2e-9)
            for m in range(2):
                if matches[m] >> rest + 1 != n - (1 << depth):
                    mixer.matching[m] = False
            mixer.expected = [m >> rest & 1 for m in matches]
            smallest, greatest = float(answer[:4].min()), float(answer[:4].max())
            sure = 0 if 0 <= smallest and greatest < 0.004 else 1 if 1 - 0.004 < smallest and greatest <= 1 else None
            if sure is not None and all(e == sure for e, m in zip(mixer.expected, mixer.matching) if m):
                doubt = 1 - smallest if sure else greatest
                doubt = sum(doubt >= 0.004 / k for k in (64, 16, 4))
                place = (min(depth, 15), sure, doubt)
                chance = self.doubts.get(place, 2**22)
                other = self.coder.bit(max(1, chance >> 16))
                self.doubts[place] = chance + (M32 - chance >> 8) if other else chance - (chance >> 8)
                bit = sure ^ other
            else:
                mixer.answer(answer)
                if depth & ~3 != group:
                    group = depth & ~3
                    mixer.hashes = np.array([hashed(h, (n >> (depth & 3)) + 7) for h in saved.tolist()], "u4")
                within = 1 << (depth & 3)
                bit = mixer.bit(864 + depth, within | n & within - 1)
            if bit:
                low = tails
            else:
                high = tails
            n = 2 * n + bit
        return n - (1 << bits)

    def run(self):
        shape, prediction, type = self.shape, self.prediction, self.type
        result = []
        for i in range(self.count):
            j = i % shape.width
            column = self.columns[i % len(self.columns)]
            grid = column.grid
            prediction.predict(i, j)
            expected = Expectation(column, prediction)
            if self.flags & 1:
                bits = self.exceptions.bits(i, j)
                if bits is not None:
                    result.append(bits)
                    prediction.skip(expected.plain)
                    continue
            group = shape.column(j) + 1 if self.flags & 4 else 0
            for match, key in zip(self.matches, (1, hashed(group, 99))):
                match.find(prediction.names, prediction.margin, i, key)
            self.contexts(i, j, column, expected, group)
            name = self.name(j, column, expected, prediction)
            number = grid.value_from(expected.origin, name) if grid.is_free else grid.value(name)
            scale = self.scales[i % len(self.scales)]
            bits = type.bits(self.types[i % len(self.types)].rounded(scale.value(number) if scale else number))
            result.append(bits)
            value = number if scale else type.value(bits)
            prediction.settle(
                (value - column.center) * (1 / column.unit),
                whole(value / grid.free_step) if grid.is_free else grid.plain(name),
                wrap(name - expected.name), expected.step * 0.25 * (1 / column.unit))
            for match in self.matches:
                match.settle(prediction.names, prediction.margin, i)
        self.coder.finish()
        values = np.array(result, "u8").astype("<u%d" % (type.size // 8))
        return values.byteswap().view(type.dtype) if self.flags & 2 else values.view(type.dtype)


def decode(dtype, shape, layout, promise, rows, data, base):
    """The samples of a chunk, rows x values. `base`: what the model expects, None without a model."""
    bounds = promise if isinstance(promise, list) else [0.0 if promise == "lossless" else promise]
    base = None if base is None else base.reshape(-1)
    assert data[0] < 4, "newer"
    if data[0] & 2:
        assert layout and len(bounds) == 1 and not dtype.fields, "no array"
        order = layout.order(rows)
        base = None if base is None else base[order.reshape(-1)]
        found = decode(dtype, list(order.shape[1:]), None, promise, len(order), bytes([data[0] & 1]) + data[1:], base)
        samples = np.empty(order.size, found.dtype)
        samples[order.reshape(-1)] = found.reshape(-1)
        return samples.reshape(rows, -1)
    if data[0] == 1:
        return quick.decode(sys.modules[__name__], dtype, shape, bounds, rows, data[1:], base)
    return Decoder(dtype, shape, bounds, rows, data, base).run().reshape(rows, -1)


def restore(samples, dtype, shape, data):
    """Samples, rows x values, with those that are missing."""
    form, size = Shape(shape, False), 8 * np.dtype(dtype).itemsize
    result = samples.reshape(-1).view("<u%d" % (size // 8)).copy()
    coder = BitDecoder(data)
    exceptions = Exceptions(coder, form, size)
    for i in range(len(result)):
        bits = exceptions.bits(i, i % form.width)
        if bits is not None:
            result[i] = bits
    coder.finish()
    return result.view(samples.dtype).reshape(samples.shape)
