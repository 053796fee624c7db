"""Integers of 64 bits by the letter of vaec(5), for decode.py: slow, and short."""
import math

import numpy as np

import relative
from bits import M32, BitDecoder, even, quotient, wrap

LIMITS = {"i8": (1 - 2**63, 2**63 - 1), "u8": (0, 2**64 - 1)}
SETS = [range(7), range(6), [0], [7]]


def nearest(x, dtype):
    """The integer nearest to a number, within the type's bounds."""
    low, high = LIMITS[dtype]
    return 0 if math.isnan(x) else high if x > high else low if x < low else max(low, min(high, int(even(x))))


def values(numbers, scales, dtype):
    """The values that a model's numbers, rows x values, stand for."""
    low, high = LIMITS[dtype]

    def value(number, scale):
        if scale is None:
            return nearest(number, dtype)
        o = nearest(scale.offset, dtype)
        product = scale.scale * number
        distance = scale.offset - float(o) + (even(product) if scale.is_integer else product)
        least, greatest = scale.low - float(o), scale.high - float(o)
        distance = least if distance < least else greatest if distance > greatest else distance
        if math.isnan(distance):
            return o
        return max(low, min(high, o + int(even(max(-2.0**65, min(2.0**65, distance))))))

    return [
        [value(float(x), scales[i % len(scales)] if scales else None) for i, x in enumerate(row)] for row in numbers]


def array(rows, dtype, width):
    return np.array([x % 2**64 for row in rows for x in row], "u8").view(dtype).reshape(len(rows), width)


class Mixer:
    squash, power = [0] * 4096, 1.0
    for d in range(2048):
        squash[2048 + d] = int(65536 / (1 + power) + 0.5)
        squash[2048 - d] = 65536 - squash[2048 + d]
        power *= 0.9961013694701175
    squash[0] = squash[1]
    stretch, d = [], -2047
    for p in range(4096):
        while d < 2047 and squash[2048 + d] >> 4 < p:
            d += 1
        stretch.append(d)

    def __init__(self, coder, slot_bits):
        self.coder, self.slot_bits = coder, slot_bits
        self.slots = [{} for _ in range(10)]
        self.weights = {}
        self.hashes = [0] * 10

    def bit(self, node):
        n = len(self.slots)
        w = self.weights.setdefault(node, [20000] * n + [0])
        places, inputs = [], []
        for h, slots in zip(self.hashes, self.slots):
            h = (h + node * 0x9E3779B1) * 0x85EBCA6B & M32
            h ^= h >> 15
            places.append((h * 0xC2B2AE35 & M32) >> 32 - self.slot_bits)
            inputs.append(self.stretch[slots.get(places[-1], 1 << 31) >> 20])
        inputs.append(256)
        d = max(-2047, min(2047, sum(a * b for a, b in zip(w, inputs)) >> 16))
        p = max(1, min(65535, self.squash[2048 + d]))
        bit = self.coder.bit(p)
        error = ((bit << 12) - (p >> 4)) * 6
        for i, x in enumerate(inputs):
            w[i] = max(-2**30, min(2**30, w[i] + (x * error + 0x2000 >> 14)))
        for place, slots in zip(places, self.slots):
            p, uses = divmod(slots.get(place, 1 << 31), 1024)
            p += ((2**22 - 1 if bit else 0) - p) * (131072 // (2 * uses + 3)) >> 16
            slots[place] = p << 10 | min(uses + 1, 255)
        return bit

    def free(self, first):
        """A number of which three bits are at nodes."""
        if not self.bit(first):
            return 0
        negative = self.bit(first + 1)
        k = 0
        while k < 63 and self.bit(first + 2 + k):
            k += 1
        number = 1
        for i in range(k):
            node = first + 66 + 8 * min(k, 15) + number
            number = number << 1 | (self.bit(node) if i < 3 else self.coder.bit(0x8000))
        return wrap(-number if negative else number)


def level(size):
    if size <= 0:
        return 0
    k = size.bit_length() - 1
    return 2 * k + (size >> k - 1 & 1 if k else 0) + 1


def sign(d):
    return 0 if d == 0 else (1 if d == 1 else 2 if d < 4 else 3) if d > 0 else (4 if d == -1 else 5 if d > -4 else 6)


def mixed(context, a, b, c):
    h = context * 0x9E3779B9 + a * 0x000F4243
    h = (h + b) * 0x2545F491 & M32
    h ^= h >> 13
    h = (h + c) * 0x85EBCA6B & M32
    return h ^ h >> 16


class Linear:
    """The linear rule of a column."""

    def __init__(self):
        # Errors of this row, of the one before, and of that before.
        self.errors, self.correction = [0.0] * 3, 0.0
        self.weights = [1.0] + [0.0] * 5
        self.reset()

    def reset(self):
        self.spread = [[float(a == b) for b in range(6)] for a in range(6)]

    def begin(self):
        self.errors = [self.errors[0]] + self.errors[:2]

    def predict(self, before):
        x = self.inputs = [self.errors[1], self.errors[2]]
        for column in before:
            x += [column.errors[0], column.errors[1]] if column else [0.0, 0.0]
        total = 0.0
        for w, e in zip(self.weights, x):
            total += w * e
        self.correction = total if math.isfinite(total) else 0.0

    def learn(self, error):
        spread, gains, power = self.spread, [], 0.998
        for a in range(6):
            total = 0.0
            for b in range(6):
                total += spread[a][b] * self.inputs[b]
            gains.append(total)
            power += total * self.inputs[a]
        rest = error - self.correction
        self.errors[0] = error
        if not (power > 0 and math.isfinite(power) and math.isfinite(rest)):
            return self.reset()
        diagonal = 0.0
        for a in range(6):
            self.weights[a] += gains[a] / power * rest
        for a in range(6):
            gain = gains[a] / power
            for b in range(6):
                spread[a][b] = (spread[a][b] - gain * gains[b]) / 0.998
            diagonal += spread[a][a]
        if not 0 < diagonal < 1e9:
            self.reset()


def deep(mixer):
    """A number of which all bits are at nodes."""
    if not mixer.bit(0):
        return 0
    negative, k = mixer.bit(1), 0
    while k < 63 and mixer.bit(2 + k):
        k += 1
    n = 1
    for t in range(1, k + 1):
        if t <= 3:
            n = 2 * n + mixer.bit(66 + 8 * min(k, 15) + n)
        else:
            if t == 4:
                mixer.hashes = [(h + 2 * n + negative + 1) * 0x2C1B3C6D % 2**32 for h in mixer.hashes]
            bit = mixer.bit(400 + t)
            mixer.hashes = [(h + bit + 1) * 0x2C1B3C6D % 2**32 for h in mixer.hashes]
            n = 2 * n + bit
    return wrap(-n if negative else n)


def correct(base, dtype, shape, bounds, data):
    """What corrections make of rows of values. `bounds`: one, or that of each column."""
    rows, width = len(base), len(base[0]) if base else 0
    low, high = LIMITS[dtype]
    shift = 2**63 if dtype == "u8" else 0
    assert data[0] < 8
    has_escapes, rules = data[0] & 1, SETS[data[0] >> 1]
    axes = list(shape)
    left = axes.pop() if len(axes) > 1 and axes[-1] <= 4 else 1
    above = (axes[-1] if axes else 1) * left if len(axes) > 1 else 0
    names = [relative.Integers(bound) if relative.is_useful(bound, dtype) else None for bound in bounds]
    bounds = [0.0 if isinstance(bound, relative.Relative) else bound for bound in bounds]
    coder = BitDecoder(data[1:])
    mixer = Mixer(coder, max(12, min(18, (rows * width).bit_length() + 1)))
    size = lambda d: min(abs(d), 2**24)
    narrow = width <= 64
    linear = [Linear() for _ in range(width if narrow else 0)]
    origins = [None] * (width if narrow else 1)
    e, f, g = [0] * width, [0] * width, [0] * width
    d, w, y = [0] * width, [0] * width, [0] * width
    means, escaped, last = [0] * width, [0] * width, 0
    u, v = [[0] * 8 for _ in range(width)], [0] * 8
    # The values of this row and of the one before.
    result, here = [], [0] * width
    for r in range(rows):
        above_row, here = here, [0] * width
        if r:
            e, f, g = [0] * width, e, f if r > 1 else e
            d, w, y = [0] * width, d, w
        for column in linear:
            column.begin()
        row = []
        for i in range(width):
            own = names[i % len(names)]
            b = wrap(base[r][i] - shift)
            b = own.named(b, shift) if own else b
            place = i if narrow else 0
            origin = origins[place]
            beside = e[i - left] if i >= left else f[i]
            if above:
                plane = beside + e[i - above] - e[i - above - left] if i >= above + left else beside
            else:
                plane = 2 * beside - e[i - 2 * left] if i >= 2 * left else beside
            line = f[i]
            if linear:
                linear[i].predict([linear[i - o] if i >= o else None for o in (1, 2)])
                c = linear[i].correction
                if origin is not None:
                    line = origin + (int(even(c)) if abs(c) < 2.0**62 else 0)
            predictions = [wrap(p) for p in (
                0, f[i], 2 * f[i] - g[i], beside, plane, f[i] + beside - f[i - left] if i >= left else f[i], line,
                beside if origin is None else origin)]
            rule = min(rules, key=lambda k: (3 * u[i][k] + v[k], k))
            p = wrap(b + predictions[rule])

            before = lambda o: d[i - o] if 0 < o <= i else 0
            if above:
                sizes = (2 * size(before(left)) + 2 * size(before(above)) + size(before(2 * left))
                         + size(before(above + left)) + size(before(above - left)) + size(w[i]))
            else:
                sizes = 2 * size(w[i]) + size(y[i]) + 2 * size(before(left)) + size(before(2 * left))
            around, usual = level(sizes << 6), level(means[i])
            z = escaped[i] + (2 * escaped[i - left] if i >= left else 0)
            near = before(above) if above else w[i]
            other = before(above) if above else before(2 * left)
            fold = lambda x: x ^ x >> 32
            value = lambda o: fold(here[i - o]) if 0 < o <= i else 0
            a = value(above) if above else fold(above_row[i])
            corners = 31 * value(above + left) + value(above - left) if above else 31 * value(2 * left)
            mixer.hashes = [mixed(k, *(x % 2**32 for x in c)) for k, c in enumerate([
                (i, rule, z),
                (i, usual, z),
                (around, rule, 0),
                (i, 7 * sign(w[i]) + sign(before(left)), sign(other)),
                (rule, usual // 2, level(size(w[i]) << 8)),
                (level(size(before(left)) << 8), level(size(near) << 8), rule),
                (usual, around, rule),
                (place, fold(p), rule),
                (value(left), a, rule),
                (value(left), a, corners),
            ])]
            if has_escapes and mixer.bit(199):
                last = wrap(last + mixer.free(200))
                row.append((last + shift) % 2**64)
                here[i] = last
                e[i], d[i], escaped[i] = f[i], 0, 1
                continue
            bound = bounds[i % len(bounds)]
            step = 2 * min(int(bound) if bound < 2.0**62 else 2**62, 2**62 - 1) + 1
            q = deep(mixer)
            x = wrap(p + q) if step == 1 else max(low - shift, min(high - shift, p + q * step))
            row.append(((own.ordinal(x, shift) if own else x) + shift) % 2**64)
            here[i] = x
            e[i], d[i], escaped[i] = wrap(x - b), q, 0
            means[i] += quotient((size(q) << 8) - means[i], min(r + 2, 32))
            for k in range(8):
                miss = 64 * level(min(abs(wrap(e[i] - predictions[k])), 2**62))
                u[i][k] += quotient(miss - u[i][k], min(r + 2, 16))
                v[k] += quotient(miss - v[k], 16)
            if origin is None:
                origins[place] = e[i]
            if linear:
                linear[i].learn(float(wrap(e[i] - origins[place])))
        result.append(row)
    coder.finish()
    return result
