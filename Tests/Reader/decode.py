#!/usr/bin/env python3
"""Decodes .vaec streams by the letter of vaec(5), with nothing of vaec's own code: slow, and short.

    decode.py MODEL.vae STREAM.vaec OUT.npy               decodes; - stands for no model
    decode.py MODEL.vae STREAM.vaec OUT.npy OUT.csv       the same, and the text that a stream keeps
    decode.py --check                                     decodes all golden streams in Fixtures, and compares

Needs Python 3.10, numpy, and the program zstd.
"""
import ast
import copy
import hashlib
import math
import pathlib
import struct
import subprocess
import sys
import zlib

import numpy as np

import grid
import integers
import layouts
import scales
import text
import weights

F = np.float32
TYPES = "u1 i1 u2 i2 u4 i4 f2 f4 f8 u8 i8".split()
np.seterr(all="ignore")


class Type(str):
    """An element type; `name` is numpy's for what it stands for. Of records, `record` is that of a row, and `fields` are the
    types of columns if these are several."""
    name, is_big, record, fields = "", False, None, None

    @staticmethod
    def named(name):
        result = Type({"b1": "u1", "c8": "f4", "c16": "f8"}.get(name, "i8"))
        assert result != "i8" or name[:2] in ("M8", "m8")
        result.name = name
        return result


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        assert n <= len(self.data) - self.at, "it ends early"
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize(code)))[0]

    def numbers(self, n, dtype):
        return np.frombuffer(self.take(n * np.dtype(dtype).itemsize), dtype)

    def count(self):
        value = shift = 0
        while True:
            byte = self.number("B")
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                assert byte or shift == 7, "a count is in its shortest form"
                return value

    def bf16(self, n):
        return (self.numbers(n, "<u2").astype("u4") << 16).view("f4")

    def rest(self):
        return self.take(len(self.data) - self.at)


def first_frame(data):
    """The first of the zstd frames in `data` (RFC 8878, 3.1.1)."""
    r = Reader(data)
    assert r.number("I") == 0xFD2FB528
    descriptor = r.number("B")
    single = descriptor >> 5 & 1
    r.take((0 if single else 1) + (0, 1, 2, 4)[descriptor & 3] + (single, 2, 4, 8)[descriptor >> 6])
    last = False
    while not last:
        header = int.from_bytes(r.take(3), "little")
        last, kind, size = header & 1, header >> 1 & 3, header >> 3
        r.take(1 if kind == 1 else size)
    r.take(4 * (descriptor >> 2 & 1))
    return data[:r.at]


def unzstd(frame):
    return subprocess.run(["zstd", "-dcq"], input=frame, stdout=subprocess.PIPE, check=True).stdout


# Arithmetic

def fma(a, b, c):
    """a b + c with one rounding. In binary64 the product is exact; the sum is rounded to odd, so that rounding it again
    to binary32 gives what one rounding would."""
    p, c = np.float64(F(a)) * np.float64(F(b)), np.float64(F(c))
    p, c = np.broadcast_arrays(p, c)
    s = p + c
    t = s - p
    error = (p - (s - t)) + (c - t)
    bits = s.view("i8") if s.ndim else np.array(s).view("i8")
    away = (error > 0) == (s > 0)
    odd = np.where((error != 0) & (bits & 1 == 0), np.where(away, bits + 1, bits - 1), bits)
    odd = np.where(np.isfinite(s) & np.isfinite(error), odd, bits)
    return odd.view("f8").astype(F).reshape(s.shape)


def product(x, w, start):
    y = start
    for k in range(w.shape[0]):
        y = fma(x[:, k:k + 1], w[k][None, :], y)
    return y


def exp(x):
    x = np.minimum(np.maximum(F(x), F(-87)), F(88))
    hexadecimal = lambda text: F(float.fromhex(text))
    magic = hexadecimal("0x1.8p+23")
    n = fma(x, hexadecimal("0x1.715476p+0"), magic) - magic
    r = fma(n, hexadecimal("-0x1.62e4p-1"), x)
    r = fma(n, hexadecimal("-0x1.7f7d1cp-20"), r)
    p = np.full_like(x, F(1) / F(5040))
    for divisor in (720, 120, 24, 6, 2, 1, 1):
        p = fma(p, r, F(1) / F(divisor))
    return p * ((n.astype("i4") + 127) << 23).view("f4")


def clip(x, low, high):
    v = np.where(x < high, x, high)
    return np.where(v > low, v, low).astype(F)


def hard_swish(x):
    g = x + F(3)
    g = np.where(g > 0, g, F(0))
    g = np.where(g < 6, g, F(6))
    return x * g * (F(1) / F(6))


def relu(x):
    return np.where(x > 0, x, F(0))


def logistic(x):
    return F(1) / (F(1) + exp(F(0) - x))


def hats(u, anchors):
    p = F(u) * F(anchors - 1)
    return np.maximum(F(0), F(1) - np.abs(p - np.arange(anchors, dtype=F)))[None, :]


# Models

def matrix(r, rows, columns):
    steps = r.bf16(rows if r.number("B") else 1)
    return r.weights.matrix(rows, columns, steps).astype(F) * steps[:, None]


def density(r):
    return r.bf16(9).reshape(3, 3)


def point(r):
    network = [F(x) for x in r.numbers(3, "<f4")] if r.number("B") else None
    steps = r.numbers(r.count(), "<f4")
    return network, steps, F(r.number("f"))


class Grid:
    """Positions at which units share weights."""

    def __init__(self, axes, channels, stride):
        self.axes, self.channels, self.stride = axes, channels, stride
        self.sides = [-(-n // stride) for n in axes]
        self.positions = math.prod(self.sides)

    def weights(self, stored, shape, place):
        """The weights of `shape` from those stored; place(i, j) is the row and column of one, or None."""
        result = np.zeros(shape, F)
        for i, j in np.ndindex(shape):
            at = place(i, j)
            if at:
                result[i, j] = stored[at]
        return result

    def between_units(self, r, before, after):
        a, b = before // self.positions, after // self.positions
        counts = [2 * n - 1 for n in self.sides]
        stored = matrix(r, math.prod(counts) * a, b)

        def place(i, j):
            p, q = np.unravel_index(i // a, self.sides), np.unravel_index(j // b, self.sides)
            d = np.ravel_multi_index([y - x + n - 1 for x, y, n in zip(p, q, self.sides)], counts)
            return d * a + i % a, j % b
        return self.weights(stored, (before, after), place)

    def to_values(self, r, before):
        a, c = before // self.positions, self.channels
        counts = [n if side == 1 else 3 * self.stride for n, side in zip(self.axes, self.sides)]
        stored = matrix(r, a, math.prod(counts) * c)

        def place(i, j):
            p, v = np.unravel_index(i // a, self.sides), np.unravel_index(j // c, self.axes)
            d = [y - self.stride * x + (self.stride if side > 1 else 0) for x, y, side in zip(p, v, self.sides)]
            if all(0 <= x < n for x, n in zip(d, counts)):
                return i % a, np.ravel_multi_index(d, counts) * c + j % c
        return self.weights(stored, (before, math.prod(self.axes) * c), place)


class Model:
    is_blank = False

    def __init__(self, data):
        assert data[:5] == b"VAEM\4"
        content = unzstd(first_frame(data[5:]))
        self.fingerprint = hashlib.sha256(content).digest()[:16]
        r = Reader(content)
        r.weights = weights.Weights(r.take(r.count()))
        n = self.values = r.count()
        self.scale, self.means = F(r.number("f")), r.numbers(n, "<f4")
        self.low, self.high = r.numbers(2, "<f4")
        flags = r.number("B")
        self.is_integer = flags & 1 == 1
        self.scales = scales.scales(r, flags >> 1, n)
        components = r.count()
        self.front = matrix(r, components, n) if components else None
        width = self.width = components or n
        self.latents = r.count()
        if self.latents:
            self.read_network(r, width, self.latents)
        self.baseline = self.linear_layer(r, None) if r.number("B") else None
        self.layers = [self.linear_layer(r, self.baseline) for _ in range(r.count())]
        self.predictors = None
        if r.number("B"):
            self.predictors = [self.predictor(r, i) for i in range(n)]
            self.levels = [density(r) for _ in range(40)]
        self.qualities = [point(r) for _ in range(r.count())]
        assert len(self.qualities) in (0, 101) and not r.rest()
        r.weights.finish()

    def linear_layer(self, r, baseline):
        components = r.count()
        basis = baseline[0][:components] if r.number("B") else matrix(r, components, self.width)
        sizes, densities = r.bf16(components), [density(r) for _ in range(40)]
        shapes = {}
        for _ in range(r.count()):
            component = r.count()
            shapes[component] = density(r)
        return basis, sizes, densities, shapes

    def linear(self):
        """The baseline as the only layer."""
        model = copy.copy(self)
        model.layers = [self.baseline]
        return model

    @staticmethod
    def blank(values):
        """What stands in for a model where a stream needs none: all values are 0."""
        model = Model.__new__(Model)
        model.values = model.width = values
        model.is_blank = True
        model.scale, model.means = F(1), np.zeros(values, F)
        model.low, model.high, model.is_integer = F(-np.inf), F(np.inf), False
        model.front, model.latents, model.layers, model.scales = None, 0, [], []
        return model

    def read_network(self, r, width, latents):
        hidden = [r.count() for _ in range(r.count())]
        self.anchors = r.count()
        self.activation, self.logistic = (hard_swish, relu)[r.number("B")], None
        if r.number("B"):
            low, high = r.numbers(2, "<f4")
            inverse = F(1) / self.scale
            self.logistic = (high - low) * inverse, (low - self.means) * inverse
        axes = [r.count() for _ in range(r.count())]
        shared = Grid(axes, r.count(), r.count()) if axes else None
        self.inverse_deviation = r.numbers(latents, "<f4")

        def path(inputs, hidden, outputs):
            linear = matrix(r, inputs, outputs), matrix(r, self.anchors, outputs)
            layers = []
            for before, units in zip([inputs] + hidden, hidden):
                if shared and layers:
                    weights = shared.between_units(r, before, units)
                else:
                    weights = matrix(r, before, units)
                layers.append((weights, matrix(r, self.anchors, units)))
            last = shared.to_values(r, hidden[-1]) if shared else matrix(r, hidden[-1], outputs)
            return linear, layers, last, matrix(r, self.anchors, latents)

        self.decoder = path(latents, hidden[::-1], width)
        self.prior = matrix(r, self.anchors, 9 * latents)

    @staticmethod
    def predictor(r, i):
        def terms():
            zs = [r.count() for _ in range(r.count())]
            places = [i - (z // 2 if z % 2 == 0 else -(z + 1) // 2) for z in zs]
            return list(zip(places, r.bf16(len(zs))))
        return terms(), terms(), terms(), *r.bf16(3)

    def tables(self, at):
        network, steps, value_step = at
        plain = []
        if network:
            row = product(hats(network[0], self.anchors), self.prior, F(0))[0].reshape(3, 3, self.latents)
            plain += [Table(row[:, :, k], network[2]) for k in range(self.latents)]
        used = []
        for (_, _, densities, shapes), step in zip(self.layers, steps):
            if step > 0:
                used.append([Table(d, F(1)) for d in densities] + [Table(d, step) for d in shapes.values()])
        if value_step > 0:
            used.append([Table(d, F(1)) for d in self.levels])
        return plain, used

    def coefficients(self, at, rows, take):
        """take(layer, levels) gives the symbols of the next levelled plane; all planes of the linear layers."""
        planes = []
        used = [(sizes, shapes, step) for (_, sizes, _, shapes), step in zip(self.layers, at[1]) if step > 0]
        for layer, (sizes, shapes, step) in enumerate(used):
            sums, n = np.full(rows, F(6)), F(6)
            own = {component: 40 + i for i, component in enumerate(shapes)}
            for c, m in enumerate(sizes):
                t = min(m / step, F(1e9))
                e = t * (t * t) / (t * t + F(0.045))
                chosen = np.full(rows, own[c]) if c in own else level(sums * (t / n))
                symbols = take(layer, chosen)
                sums = sums * F(0.95) + np.abs(symbols.astype(F)) * (F(1) / e if e > 1 else F(1))
                n = n * F(0.95) + min(e, F(1))
                planes.append(symbols)
        return planes

    def base(self, at, symbols):
        """Values before the value layer; symbols are rows x planes."""
        network, steps, value_step = at
        rows = len(symbols)
        output = np.zeros((rows, self.width), F)
        plane = 0
        if network:
            (weights, biases), hidden, last, gains = self.decoder
            h = hats(network[0], self.anchors)
            scale = exp(product(h, gains, F(0))) * network[1]
            y = symbols[:, :self.latents].astype(F) * scale
            plane = self.latents
            x = y * self.inverse_deviation
            for w, b in hidden:
                x = self.activation(product(x, w, product(h, b, F(0))))
            output = product(x, last, product(y, weights, product(h, biases, F(0))))
            if self.logistic:
                output = fma(self.logistic[0], logistic(output), self.logistic[1])
            low, high = self.low, self.high
            if self.scales:
                low, high = (np.array([scale.number(bound(scale)) for scale in self.scales], F) for bound in (
                    lambda scale: scale.low, lambda scale: scale.high))
            if self.front is None and (np.any(low > -np.inf) or np.any(high < np.inf)):
                inverse = F(1) / self.scale
                output = clip(output, (low - self.means) * inverse, (high - self.means) * inverse)
        for (basis, _, _, _), step in zip(self.layers, steps):
            if step > 0:
                coefficients = symbols[:, plane:plane + len(basis)].astype(F) * step
                plane += len(basis)
                output = product(coefficients, basis, output)
        if self.front is not None:
            output = product(output, self.front, F(0))
        values = clip(fma(self.scale, output, self.means), self.low, self.high)
        return np.rint(values) if self.is_integer and value_step == 0 else values

    def rule(self, x):
        x = clip(x, self.low, self.high)
        return np.rint(x) if self.is_integer else x

    def value_layer(self, b, step, take):
        """take(levels) gives the symbols of the next levelled plane."""
        values, e = np.empty_like(b), np.empty_like(b)
        for i, (prediction, errors, contrasts, deviation, above, below) in enumerate(self.predictors):
            p, d = b[:, i], np.full(len(b), deviation)
            for j, a in prediction:
                p = fma(a, e[:, j], p)
            for j, a in errors:
                d = fma(a, np.abs(e[:, j]), d)
            for j, a in contrasts:
                d = fma(a, np.abs(b[:, i] - b[:, j]), d)
            if above != 0:
                d = d + above * (b[:, i] - self.low)
            if below != 0:
                d = d + below * (self.high - b[:, i])
            symbols = take(level(d * (F(1) / step)))
            values[:, i] = self.rule(fma(symbols.astype(F), step, self.rule(p)))
            e[:, i] = values[:, i] - b[:, i]
        return values


def level(t):
    t = clip(t, F(2**-7), F(float.fromhex("0x1.fffffep+12")))
    return (t.view("u4") >> 22).astype("i4") - 240


# Entropy coding

class Table:
    def __init__(self, parameters, q):
        m, logarithms, g = parameters
        s = exp(logarithms)
        i = F(1) / q
        bound = lambda x: int(max(-2.0**29, min(2.0**29, float(x))))
        first = bound(np.floor(np.min((m - F(12) * s) * i)))
        last = bound(np.ceil(np.max((m + F(12) * s) * i)))
        while True:
            h = 0
            while (last >> h) - (first >> h) >= 1024:
                h += 1
            lowest = first >> h
            n = (last >> h) - lowest + 1
            edges = ((lowest + np.arange(n + 1)) << h).astype(F)
            edges = (edges - F(0.5)) * q
            a = exp(g - np.max(g))
            total = ((F(0) + a[0]) + a[1]) + a[2]
            c = np.zeros(n + 1, F)
            for k in range(3):
                c = c + (a[k] / total) / (F(1) + exp((m[k] - edges) * (F(1) / s[k])))
            c = np.rint(c * F(2**24)).astype("i8")
            begin, end = 0, n
            while begin + 1 < end and c[begin + 1] - c[begin] < 64:
                begin += 1
            while end - 1 > begin and c[end] - c[end - 1] < 64:
                end -= 1
            lowest += begin
            weights = [max(0, int(c[j + 1] - c[j])) for j in range(begin, end)]
            if h == 0 or len(weights) > 512:
                break
            first, last = lowest << h, ((lowest + len(weights)) << h) - 1
        weights.append(2**24 - max(0, min(2**24, int(c[end] - c[begin]))))
        self.lowest, self.raw, self.count = lowest, h, len(weights) - 1
        self.frequencies = self.divide(weights)
        self.starts = np.concatenate([[0], np.cumsum(self.frequencies)]).tolist()
        self.slots = np.repeat(np.arange(len(self.frequencies)), self.frequencies).tolist()

    @staticmethod
    def divide(w):
        if not any(w):
            w = [1] * len(w)
        left, rest = 32768, sum(w)
        f = [1] * len(w)
        others = sorted(range(len(w)), key=lambda s: (w[s], s))
        while others and w[others[0]] * left < rest:
            rest -= w[others.pop(0)]
            left -= 1
        for s in others:
            f[s] = w[s] * left // rest
        spare = left - sum(f[s] for s in others)
        from fractions import Fraction
        others.sort(key=lambda s: (-Fraction(w[s], 2 * f[s] + 1), s))
        for s in others[:spare]:
            f[s] += 1
        assert sum(f) == 32768
        return f


class RANS:
    def __init__(self, r, symbols):
        if symbols < 65536:
            data = r.rest()
            first = [data[0]] if len(data) % 2 else []
            self.words = np.frombuffer(data[len(first):], "<u2").tolist()[::-1] + first
            self.x, self.empty = [0], 0
            self.refill(0)
            self.refill(0)
        else:
            self.x, self.empty = r.numbers(4, "<u4").tolist(), 65536
            self.words = np.frombuffer(r.rest(), "<u2").tolist()[::-1]

    def refill(self, lane):
        if self.x[lane] < 65536 and self.words:
            self.x[lane] = self.x[lane] << 16 | self.words.pop()

    def bits(self, lane, k):
        low = min(k, 16)
        value = self.x[lane] & (1 << low) - 1
        if k > 0:
            self.x[lane] >>= low
            self.refill(lane)
        return value | self.bits(lane, k - 16) << 16 if k > 16 else value

    def symbol(self, row, table):
        lane = row % len(self.x)
        x = self.x[lane]
        s = table.slots[x & 32767]
        self.x[lane] = table.frequencies[s] * (x >> 15) + (x & 32767) - table.starts[s]
        self.refill(lane)
        t = table.lowest + s
        if s == table.count:
            b = self.bits(lane, 6)
            d = (1 << (b & 31)) + self.bits(lane, b & 31)
            t = table.lowest - d if b >= 32 else table.lowest + table.count - 1 + d
        return (t << table.raw) + self.bits(lane, table.raw)

    def plane(self, rows, table_of):
        return np.array([self.symbol(row, table_of(row)) for row in range(rows)], "i8")

    def finish(self):
        assert not self.words and all(x == self.empty for x in self.x), "damaged"


def unzigzag(data, width):
    numbers = np.zeros(len(data) // max(1, width), "i8")
    for i in range(width):
        numbers |= np.frombuffer(data, "u1")[i::width].astype("i8") << 8 * i
    return np.where(numbers % 2 == 0, numbers // 2, -(numbers + 1) // 2)


def plain_planes(r, kind, rows, planes):
    if kind == 1:
        result = []
        for _ in range(planes):
            width = r.number("B")
            result.append(unzigzag(r.take(width * rows), width) if width else np.zeros(rows, "i8"))
    else:
        widths = list(r.take(planes))
        table = np.frombuffer(r.take(sum(widths) * rows), "u1").reshape(rows, sum(widths))
        ends = np.cumsum(widths)
        result = [
            unzigzag(table[:, end - w:end].tobytes(), w) if w else np.zeros(rows, "i8")
            for w, end in zip(widths, ends)]
    assert not r.rest()
    return result


def decode_chunk(model, at, tables, content):
    r = Reader(content)
    number = r.count()
    kind, rows = number % 4, number // 4
    plain, levels = tables
    levelled = sum(len(basis) for (basis, _, _, _), step in zip(model.layers, at[1]) if step > 0)
    levelled += model.values if at[2] > 0 else 0
    if kind == 0:
        coder = RANS(r, rows * (len(plain) + levelled))
        planes = [coder.plane(rows, lambda _: table) for table in plain]
        take = lambda layer, chosen: coder.plane(rows, lambda row: levels[layer][chosen[row]])
    else:
        planes = plain_planes(r, kind, rows, len(plain) + levelled)
        planes, rest = planes[:len(plain)], iter(planes[len(plain):])
        take = lambda *_: next(rest)
    planes += model.coefficients(at, rows, take)
    symbols = np.stack(planes, 1) if planes else np.zeros((rows, 0), "i8")
    values = model.base(at, symbols)
    if at[2] > 0:
        values = model.value_layer(values, at[2], lambda chosen: take(len(levels) - 1, chosen))
    if kind == 0:
        coder.finish()
    return values


def samples(model, at, tables, dtype, shape, layout, guarantee, content):
    """The samples of a chunk, rows x values."""
    is_wide = dtype in integers.LIMITS

    def reconstruction(numbers):
        if is_wide:
            return integers.array(integers.values(numbers, model.scales, dtype), dtype, model.values)
        return as_type(scales.unscaled(numbers, model.scales), dtype)

    r = Reader(content)
    number = r.count()
    if number % 4 != 3:
        assert guarantee is None, "no promise is kept"
        return reconstruction(decode_chunk(model, at, tables, content))
    size = r.count()
    if size == 0:
        return np.frombuffer(r.rest(), np.dtype(dtype).newbyteorder("<")).reshape(number // 4, model.values)
    checksum, corrections = r.number("I"), r.take(size)
    numbers = decode_chunk(model, at, tables, r.rest())
    assert len(numbers) == number // 4
    if guarantee is None:
        rows = grid.restore(reconstruction(numbers), dtype, shape, corrections)
    elif is_wide:
        bounds = guarantee if isinstance(guarantee, list) else [0.0 if guarantee == "lossless" else guarantee]
        rows = integers.array(
            integers.correct(integers.values(numbers, model.scales, dtype), dtype, shape, bounds, corrections),
            dtype, model.values)
    else:
        base = None if model.is_blank else scales.expected(numbers, model.scales)
        rows = grid.decode(dtype, shape, layout, guarantee, len(numbers), corrections, base)
    assert zlib.crc32(rows.astype(np.dtype(dtype).newbyteorder("<")).tobytes()) == checksum, "other rows"
    return rows


def as_type(values, dtype):
    if dtype.fields:
        return np.stack([as_type(values[:, k], type).astype("f8") for k, type in enumerate(dtype.fields)], 1)
    if dtype[0] != "f":
        limits = np.iinfo(dtype)
        values = np.clip(np.rint(values.astype("f8")), limits.min, 1 if dtype.name == "b1" else limits.max)
    elif dtype == "f2" and values.dtype == F:
        # Values that no scales gave stay finite.
        values = np.where(np.isfinite(values), np.clip(values, F(-65504), F(65504)), values)
    return values.astype(dtype)


# Streams

def setting(model, r):
    """Model and point (None, for all samples 0, where no model is needed), what is promised (None, "lossless", a bound, or a
    list of those of columns), and whether there is a layout. `model` gives the model of a fingerprint."""
    flags = r.number("B")
    assert flags < 64, "newer"
    promise, source = flags & 3, flags >> 2 & 3
    model = model(r.take(16)) if source else None
    guarantee = None
    if promise == 1:
        guarantee = r.number("d")
    elif promise == 2:
        guarantee = scales.bounds(r)
    elif promise == 3:
        guarantee = "lossless"
    if source == 0:
        assert guarantee is not None
        at = None
    elif source == 1:
        at = model.qualities[r.number("B")]
    elif source == 2:
        model, at = model.linear(), (None, r.bf16(1), F(0))
    else:
        at = point(r)
    if flags & 16:
        r.take(r.count())
    return model, at, guarantee, flags & 32 > 0


def description(r, has_layout):
    """The type and the shape of samples, how their text is kept, or None, and their layout, or None; what else there is about
    their format is skipped."""
    tag = r.number("B")
    dtype = Type.named(r.take(r.count()).decode()) if tag & 15 == 15 else Type(TYPES[tag & 15])
    dtype.is_big = tag >> 7 == 1
    shape, axis, kept = [], r.count(), None
    while axis:
        shape.append(axis // 2)
        axis = r.count() if axis % 2 else 0
    if tag >> 4 & 7 == 7:
        records(dtype, shape, Reader(r.take(r.count())))
    if tag >> 4 & 7 == 4:
        kept = style(Reader(r.take(r.count())), math.prod(shape))
    layout = layouts.Layout(r, shape, dtype.name[:1] == "c") if has_layout else None
    return dtype, layout.sample if layout else shape, kept, layout


def records(dtype, shape, r):
    """Records of npy, all of whose fields are single numbers of a model."""
    assert r.number("B") == 0, "archives: this reader does not know them"
    r.number("B")
    assert r.count() == 0, "this reader knows records along one axis"
    dtype.record = np.dtype(ast.literal_eval(r.take(r.count()).decode("latin-1")))
    dtypes = [dtype.record[name] for name in dtype.record.names]
    assert all(field.kind in "iuf" and field.itemsize < 8 or field.kind == "f" for field in dtypes), "other fields"
    marks = r.rest()
    assert all(marks[k // 8] >> k % 8 & 1 for k in range(len(dtypes))), "other fields"
    types = [Type(field.kind + str(field.itemsize)) for field in dtypes]
    if len(set(types)) > 1:
        assert dtype == "f8" and shape == [len(types)]
        dtype.fields = types


def style(r, columns):
    """How the text of a table is kept, or None."""
    flags = r.number("B")
    r.number("B")
    if flags & 32:
        for _ in range(columns):
            r.take(r.count())
    covered = 0
    while flags & 64 and covered < columns:
        covered += r.count()
        r.number("B")
    kept = text.Kept(r) if flags & 128 else None
    assert covered in (0, columns) and not r.rest()
    assert kept is None or max(1, kept.numbers) == columns
    return kept


def compact(model, content):
    """Model, point, promise, type, shape, kept text, layout and chunks of a compact stream."""
    assert content[:5] == b"VAEC\2"
    r = Reader(content[5:])
    *parts, has_layout = setting(model, r)
    return *parts, *description(r, has_layout), [r.rest()]


def chunked(model, data):
    """The same of a stream in chunks."""
    magic, size = struct.unpack("<II", data[:8])
    head = data[8:8 + size]
    assert magic == 0x184D2A57 and head[:5] == b"VAEC\2"
    assert zlib.crc32(head[:-4]) == struct.unpack("<I", head[-4:])[0], "damaged"
    r = Reader(head[5:-4])
    model, at, guarantee, has_layout = setting(model, r)
    r.count(), r.count()
    dtype, shape, kept, layout = description(r, has_layout)
    assert not r.rest()
    # The seek table tells where the chunks are.
    frames = struct.unpack("<I", data[-9:-5])[0]
    place, chunks = 8 + size, []
    for frame in np.frombuffer(data[-9 - 8 * frames:-9], "<u4").reshape(frames, 2)[1:, 0]:
        chunks.append(unzstd(data[place:place + frame]))
        place += frame
    assert data[place:place + 4] == struct.pack("<I", 0x184D2A5E)
    return model, at, guarantee, dtype, shape, kept, layout, chunks


def decode(given, data):
    """The samples of `data`, one stream with its model before it or not, as an array, and the text of a table, or None.
    Formats other than npy become npy."""
    if data[:4] == struct.pack("<I", 0x184D2A56):
        size = struct.unpack("<I", data[4:8])[0]
        given, data = Model(data[8:8 + size]), data[8 + size:]

    def model(fingerprint):
        assert given is not None and given.fingerprint == fingerprint, "another model"
        return given

    if data[:4] == struct.pack("<I", 0xFD2FB528):
        model, at, guarantee, dtype, shape, kept, layout, chunks = compact(model, unzstd(data))
    else:
        model, at, guarantee, dtype, shape, kept, layout, chunks = chunked(model, data)
    if at is None:
        model, at = Model.blank(math.prod(shape)), (None, [], F(0))
    tables = model.tables(at)
    parts, table = [], kept and kept.preface
    for content in chunks:
        if kept:
            content, section = text.split(content, kept, Reader)
        part = samples(model, at, tables, dtype, shape, layout, guarantee, content)
        if kept:
            assert section.rows == len(part)
            joined = kept.join(section.skeleton, part, guarantee is not None)
            table += joined
            if kept.is_whole:
                part = np.array(kept.found(joined, part.shape[1]), dtype)
        parts.append(part)
    if kept and kept.encoding:
        table = table.decode("utf-8", "surrogatepass").encode(kept.encoding, "surrogatepass")
    whole = np.concatenate(parts + [np.zeros((0, model.values), dtype)]).astype(dtype).reshape([-1] + shape)
    if layout:
        whole = layout.array(whole)
        shape = layout.shape[1:]
    if dtype.record:
        fields = whole.reshape(len(whole), -1)
        whole = np.empty(len(fields), dtype.record)
        for k, name in enumerate(dtype.record.names):
            whole[name] = fields[:, k]
    if dtype.name:
        whole = whole.view(dtype.name).reshape([-1] + (shape[:-1] if dtype.name[0] == "c" else shape))
    if dtype.is_big:
        whole = whole.astype(whole.dtype.newbyteorder(">"))
    return whole, table


def check():
    folder = pathlib.Path(__file__).parents[2] / "Fixtures" / "golden"
    failures = 0
    for stream in sorted(folder.glob("*.vaec")):
        path = folder / (stream.stem.split("-")[0] + ".vae")
        model = Model(path.read_bytes()) if path.exists() else None
        found, table = decode(model, stream.read_bytes())
        if table is None:
            expected = np.load(stream.with_suffix(".npy"))
            same = found.dtype == expected.dtype and found.tobytes() == expected.tobytes()
        else:
            same = table == stream.with_suffix(".csv").read_bytes()
        failures += not same
        print(f"{stream.stem}: {'the same' if same else 'DIFFERENT'}, {found.shape} {found.dtype}")
    return failures


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(1 if check() else 0)
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    model = None if sys.argv[1] == "-" else Model(pathlib.Path(sys.argv[1]).read_bytes())
    found, table = decode(model, pathlib.Path(sys.argv[2]).read_bytes())
    np.save(sys.argv[3], found)
    for name in sys.argv[4:]:
        pathlib.Path(name).write_bytes(table)
