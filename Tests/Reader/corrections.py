"""Corrections of samples by the letter of vaec(5), for decode.py: slow, and short."""
import math
import struct

import numpy as np

M32 = 2**32 - 1
F = np.float32


def wrap(x):
    """An integer of 64 bits with sign."""
    return (x + 2**63) % 2**64 - 2**63


def quotient(a, b):
    """Rounded towards zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def even(x):
    """Rounded to nearest, ties to even."""
    return float(np.rint(x))


class BitDecoder:
    def __init__(self, data):
        self.data, self.at = data, 0
        self.low, self.high, self.window = 0, M32, 0
        for _ in range(4):
            self.window = self.window << 8 | self.take()

    def take(self):
        self.at += 1
        return self.data[self.at - 1] if self.at <= len(self.data) else 0

    def bit(self, p):
        width = self.high - self.low
        middle = self.low + (width >> 16) * p + ((width & 0xFFFF) * p >> 16)
        bit = int(self.window <= middle)
        if bit:
            self.high = middle
        else:
            self.low = middle + 1
        while (self.low ^ self.high) >> 24 == 0:
            self.low = self.low << 8 & M32
            self.high = (self.high << 8 & M32) | 0xFF
            self.window = (self.window << 8 & M32) | self.take()
        return bit

    def finish(self):
        """Checks that these are the bytes that an encoder writes: the fewest."""
        fewest = next(n for n in (-(-self.low // 2**k) * 2**k for k in (32, 24, 16, 8, 0)) if n <= self.high)
        assert self.at >= len(self.data) and self.data[-1:] != b"\0" and self.window == fewest, "damaged"


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

    def __init__(self, coder, contexts, slot_bits):
        self.coder, self.slot_bits = coder, slot_bits
        self.slots = [{} for _ in range(contexts)]
        self.weights = {}
        self.hashes = [0] * contexts

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

    def small(self, highest):
        if not self.bit(0):
            return 0
        if not self.bit(1):
            return highest
        number = 1
        for _ in range(highest.bit_length()):
            number = number << 1 | self.bit(2 + number)
        return min(number - (1 << highest.bit_length()), highest)


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


class Values:
    """Values of a type as binary64, as bits, and as ordered integers."""

    def __init__(self, dtype):
        self.dtype = np.dtype(dtype).newbyteorder("<")
        self.size = self.dtype.itemsize * 8
        self.limits = None if dtype[0] == "f" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        if dtype.name == "b1":
            self.limits = (0, 1)

    def nearest(self, x):
        if self.limits is None:
            return np.float64(x).astype(self.dtype)
        return self.dtype.type(int(even(max(self.limits[0], min(self.limits[1], x)))))

    def bits(self, value):
        return int.from_bytes(np.asarray(value, self.dtype).tobytes(), "little")

    def value(self, bits):
        return np.frombuffer(bits.to_bytes(self.size // 8, "little"), self.dtype)[0]

    def ordered(self, bits):
        number = bits - (1 << self.size) if bits >> self.size - 1 else bits
        return number if number >= 0 else number ^ (1 << self.size - 1) - 1

    def disordered(self, number):
        number = (number + (1 << self.size - 1)) % (1 << self.size) - (1 << self.size - 1)
        return (number if number >= 0 else number ^ (1 << self.size - 1) - 1) % (1 << self.size)


def correct(base, dtype, shape, guarantee, data, offset=0.0):
    """What corrections make of samples, an array of rows x values. `guarantee`: None, "lossless" or a bound."""
    types, (rows, width) = Values(dtype), base.shape
    has_escapes = data[0]
    assert has_escapes <= 1
    b = (base.astype("f8") - offset).astype(F)
    bound = 0.0 if guarantee in (None, "lossless") else guarantee
    kind = None
    if guarantee is not None:
        kind = "exact" if types.limits is None and bound == 0 else "anchored"
        step = 2 * bound
        if types.limits is not None:
            step = 2 * math.floor(min(bound, 2.0**33)) + 1
            if types.size == 8:
                kind = "small"
                nearest = lambda x: quotient(x + (step - 1) // 2, step) if x >= 0 else -(((step - 1) // 2 - x) // step)
                lowest, highest = (nearest(x) for x in types.limits)
        if kind == "exact":
            step = 0
    else:
        step = 0
    inverse = 1 / step if step else 0.0

    axes = list(shape)
    left = axes.pop() if len(axes) > 1 and axes[-1] <= 4 else 1
    line = (axes[-1] if axes else 1) * left
    above = line if len(axes) > 1 else 0
    front = line * axes[-2] if len(axes) > 2 else 0
    taps = [k * left for k in range(1, 9)]
    if above:
        taps = [left, above, above + left, above - left, 2 * left, 2 * above, 3 * left, front or 4 * left]

    coder = BitDecoder(data[1:])
    slot_bits = max(12, min(18, (rows * width).bit_length() + 1))
    mixer = Mixer(coder, 12 if kind == "small" else 7, slot_bits)
    result = np.empty((rows, width), types.dtype)
    weights, last = [0.0] * 8, 0
    differences, means = [0] * width, [0] * width

    for r in range(rows if kind or has_escapes else 0):
        earlier, differences = differences, [0] * width
        errors, names = [0.0] * width, [0] * width
        pace = min(r + 2, 32)
        row = [float(x) for x in b[r]]
        for i in range(width):
            tapped = [errors[i - o] if 0 < o <= i else 0.0 for o in taps]
            correction = power = 0.0
            for w, e in zip(weights, tapped):
                correction += w * e
                power += e * e
            prediction = row[i] + correction
            if not math.isfinite(prediction):
                prediction = 0.0
            expectation = prediction + offset

            before = lambda o: differences[i - o] if o > 0 and i >= o else 0
            size = lambda d: min(abs(d), 2**24)
            if above:
                sizes = (2 * size(before(left)) + 2 * size(before(above)) + size(before(2 * left))
                         + size(before(above + left)) + size(before(above - left)))
            else:
                sizes = (3 * size(before(left)) + 2 * size(before(2 * left)) + size(before(3 * left))
                         + size(before(4 * left)))
            around, usual = level((sizes << 8) // 7), level(means[i])

            def change(o):
                if o == 0:
                    return F(0)
                back = np.abs(b[r, i] - b[r, i - o]) if i >= o else F(0)
                return back + (np.abs(b[r, i + o] - b[r, i]) if i + o < width else F(0))

            steps = float(change(left) + change(above)) * 16 * inverse
            slope = level(int(steps) if steps < 2.0**30 else 1 << 30)
            if kind == "small":
                name = lambda x: max(lowest, min(highest, nearest(int(even(x)))))
                shade = lambda n: (n - lowest) * 255 // max(1, highest - lowest)
                decoded = lambda o: shade(names[i - o]) if o > 0 and i >= o else 0
                expected = lambda o: shade(name(row[i + o])) if i + o < width else 0
                q = lambda s, bits: 0 if s == 0 else 31 if s >= 253 else 1 + (s >> 8 - bits)
                l, a, ll, aa = decoded(left), decoded(above), decoded(2 * left), decoded(2 * above)
                al, ar = (decoded(above + left), decoded(above - left)) if above else (0, 0)
                here, right, below = expected(0), expected(left), expected(above) if above else 0
                predicted = shade(name(prediction))
                mixer.hashes = [mixed(k, *c) for k, c in enumerate([
                    (i, q(here, 2), 0),
                    (predicted, around // 4, 0),
                    (q(here, 4), q(l, 3), q(a, 3)),
                    (q(l, 4), q(a, 4), q(al, 2) << 5 | q(ar, 2)),
                    (q(here, 3), q(l, 2) << 5 | q(a, 2), q(al, 2) << 5 | q(ar, 2)),
                    (q(here, 3), q(right, 2) << 5 | q(below, 2), q(l, 2) << 5 | q(a, 2)),
                    (here, around // 3, 0),
                    (q(predicted, 5), q(here, 3), slope // 3),
                    (q(l, 3), q(ll, 3), q(here, 3)),
                    (q(a, 3), q(aa, 3) << 5 | q(ar, 3), q(here, 2)),
                    (q((l + a) // 2, 5), q(here, 4), 0),
                    (q(l, 1) << 5 | q(a, 1), q(al, 1) << 5 | q(ar, 1),
                     (q(ll, 1) << 5 | q(aa, 1)) << 10 | q(here, 2) << 5 | q(right, 1)),
                ])]
            else:
                part = 0
                if types.limits is not None and kind:
                    x = prediction * inverse
                    part = (x - math.floor(x)) * 4
                    part = int(part) if 0 <= part < 4 else 0
                mixer.hashes = [mixed(k, *c) for k, c in enumerate([
                    (i, 0, 0),
                    (around, 0, 0),
                    (usual, around // 3, 0),
                    (sign(before(left)), sign(before(above)), sign(before(2 * left))),
                    (usual, slope, 0),
                    (around, slope, part),
                    (sign(earlier[i]), around // 2, usual // 3),
                ])]

            if has_escapes and mixer.bit(199):
                last = wrap(last + mixer.free(200))
                result[r, i] = types.value(types.disordered(last))
                continue
            if kind is None:
                result[r, i] = base[r, i]
                continue
            if kind == "small":
                names[i] = lowest + mixer.small(highest - lowest)
                difference = names[i] - name(expectation)
                value = float(max(types.limits[0], min(types.limits[1], names[i] * step)))
                result[r, i] = types.nearest(value)
            elif kind == "anchored":
                anchor = expectation
                if types.limits is not None:
                    anchor = even(max(types.limits[0], min(types.limits[1], anchor)))
                difference = names[i] = mixer.free(0)
                value = anchor + float(difference) * step
                result[r, i] = types.nearest(value)
                value = float(result[r, i])
            else:
                predicted = types.ordered(types.bits(types.nearest(expectation)))
                difference = names[i] = mixer.free(0)
                result[r, i] = types.value(types.disordered(wrap(predicted + difference)))
                value = float(result[r, i])
            differences[i] = difference
            error = value - offset - row[i]
            scale = power + step * step
            gain = 0.005 * (error - correction) / scale if scale else math.nan
            if math.isfinite(gain):
                weights = [w + gain * e for w, e in zip(weights, tapped)]
            errors[i] = error if math.isfinite(error) else 0.0
            means[i] += quotient((size(difference) << 8) - means[i], pace)

    coder.finish()
    return base if not kind and not has_escapes else result
