"""Scales, and corrections of a table's columns, by the letter of vaec(5), for decode.py: slow, and short."""
import math
import struct

import numpy as np

from corrections import BitDecoder, F, Mixer, Values, even, level, mixed, quotient, sign, wrap


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


def bounds(r):
    """The bounds of columns: bound, unit, decimals."""
    result = []
    for _ in range(r.count()):
        byte, exponent = r.number("B"), r.count()
        decimals = byte % 128 - 1
        result.append((r.number("d") if byte & 128 else 0.0, 2.0 ** (exponent - 1000),
                       None if decimals < 0 else decimals))
    return result


class Quantizer:
    def __init__(self, types, bound, decimals):
        self.types = types
        if types.limits is not None:
            decimals = 0
        power = 10.0 ** (decimals or 0)
        step = 2 * math.floor(min(bound * power, 2.0**33)) + 1
        if decimals is not None and (types.limits is not None or step >= 0.75 * 2 * bound * power):
            self.kind, self.power, self.step = "grid", power, float(step)
        else:
            self.kind, self.power, self.step = "free" if bound > 0 else "exact", 1.0, 2 * bound

    def anchor(self, prediction):
        if self.kind != "grid":
            return prediction
        number = even(max(-2.0**51, min(2.0**51, prediction * self.power)))
        if self.types.limits is None:
            return number
        return max(self.types.limits[0], min(self.types.limits[1], number))

    def value(self, anchor, difference):
        number = anchor + float(difference) * self.step
        return self.types.nearest(number / self.power if self.kind == "grid" else number)


class Column:
    taps = 6

    def __init__(self, types, bound, unit, decimals):
        self.quantizer, self.unit = Quantizer(types, bound, decimals), unit
        # Errors and differences of this row, of the one before, and of that before.
        self.errors, self.differences = [0.0] * 3, [0] * 3
        self.mean, self.bits, self.escaped = 0, 0, 0
        self.weights = [1.0] + [0.0] * 5
        self.reset()

    def reset(self):
        self.spread = [[float(a == b) for b in range(6)] for a in range(6)]

    def begin(self):
        self.errors = [self.errors[0]] + self.errors[:2]
        self.differences = [self.differences[0]] + self.differences[:2]

    def predict(self, before):
        x = self.inputs = [self.errors[1], self.errors[2]]
        for column in before:
            x += [column.errors[0], column.errors[1]] if column else [0.0, 0.0]
        total = 0.0
        for w, e in zip(self.weights, x):
            total += w * e
        self.correction = total if math.isfinite(total) else 0.0

    def settle(self, error, difference, bits, pace):
        self.learn(error)
        self.errors[0], self.differences[0], self.bits, self.escaped = error, difference, bits, 0
        self.mean += quotient((min(abs(difference), 2**24) << 8) - self.mean, pace)

    def learn(self, error):
        n, spread = self.taps, self.spread
        gains, power = [], 0.998
        for a in range(n):
            total = 0.0
            for b in range(n):
                total += spread[a][b] * self.inputs[b]
            gains.append(total)
            power += total * self.inputs[a]
        rest = error - self.correction
        if not (power > 0 and math.isfinite(power) and math.isfinite(rest)):
            return self.reset()
        diagonal = 0.0
        for a in range(n):
            self.weights[a] += gains[a] / power * rest
        for a in range(n):
            gain = gains[a] / power
            for b in range(n):
                spread[a][b] = (spread[a][b] - gain * gains[b]) / 0.998
            diagonal += spread[a][a]
        if not 0 < diagonal < 1e9:
            self.reset()


def correct(base, dtype, bounds, data):
    """What corrections make of a table's rows."""
    types, (rows, width) = Values(dtype), base.shape
    has_escapes = data[0]
    assert has_escapes <= 1 and len(bounds) == width
    columns = [Column(types, *bound) for bound in bounds]
    coder = BitDecoder(data[1:])
    mixer = Mixer(coder, 8, max(12, min(18, (rows * width).bit_length() + 1)))
    result, last = np.empty((rows, width), types.dtype), 0
    size = lambda d: min(abs(d), 2**24)
    for r in range(rows):
        pace = min(r + 2, 32)
        for column in columns:
            column.begin()
        for i, column in enumerate(columns):
            own, quantizer = float(base[r, i]), column.quantizer
            left, farther = (columns[i - o] if i >= o else None for o in (1, 2))
            column.predict([left, farther])
            prediction = own + column.unit * column.correction
            if not math.isfinite(prediction):
                prediction = 0.0
            anchor = quantizer.anchor(prediction)
            above, older = column.differences[1:]
            l, f = (c.differences[0] if c else 0 for c in (left, farther))
            usual = level(column.mean)
            around = level(2 * size(above) + size(older) + size(l) << 6)
            part = place = 0
            if quantizer.kind == "grid":
                distance = (prediction * quantizer.power - anchor) * 8
                part = int(max(-4, min(4, math.floor(distance) if math.isfinite(distance) else distance))) + 4
                place = int(max(-2.0**40, min(2.0**40, anchor)))
            mixer.hashes = [mixed(k, *(x & 2**32 - 1 for x in c)) for k, c in enumerate([
                (i, column.escaped, 0),
                (i, usual, column.escaped),
                (i, around, 0),
                (i, sign(above) * 7 + sign(l), sign(f)),
                (i, part, usual // 2),
                (i, level(size(l) << 8), level(size(above) << 8)),
                (usual, around, part),
                (i, place, column.bits ^ column.bits >> 29),
            ])]
            if quantizer.kind == "exact":
                predicted = types.ordered(types.bits(types.nearest(prediction)))
                difference = mixer.free(0)
                bits = types.disordered(wrap(predicted + difference))
            else:
                if has_escapes and mixer.bit(199):
                    last = wrap(last + mixer.free(200))
                    bits = types.disordered(last)
                    result[r, i] = types.value(bits)
                    column.differences[0], column.bits, column.escaped = 0, bits, 1
                    continue
                difference = mixer.free(0)
                bits = types.bits(quantizer.value(anchor, difference))
            result[r, i] = types.value(bits)
            error = (float(result[r, i]) - own) * (1 / column.unit)
            if math.isfinite(error):
                column.settle(error, difference, bits, pace)
            else:
                column.differences[0], column.bits, column.escaped = 0, bits, 1
    coder.finish()
    return result
