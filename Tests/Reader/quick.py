"""Values of the quick coder by the letter of vaec(5), for grid.py: slow, and short."""
import numpy as np

from bits import BitDecoder, wrap

SCALE, ANCHOR, CENTER, CENTER_WEIGHT, WEIGHT, BASE_WEIGHT, TOKENS, GAP, CLUSTER, FIRST, FREQUENCY, RUN, REPEAT = range(13)
STEP = 1024


class Integers:
    """Each kind of integer has states of its own."""

    def __init__(self, coder):
        self.coder, self.states = coder, {}

    def bit(self, state):
        p = self.states.get(state, 32768)
        bit = self.coder.bit(max(64, min(65472, p)))
        self.states[state] = p + (65535 - p >> 4) if bit else p - (p >> 4)
        return bit

    def number(self, kind, limit=2**64):
        k, n = 0, 1
        while k < 63 and self.bit((kind, k)):
            k += 1
        for i in range(k):
            n = 2 * n + (self.bit((kind, k, n)) if i < 3 else self.coder.bit(32768))
        assert n - 1 < limit, "no head"
        return n - 1

    def signed(self, kind):
        n = self.number(kind)
        return -((n + 1) // 2) if n % 2 else n // 2


class Places:
    """Where values lie, with a border on both sides of wide lines."""

    def __init__(self, shape, lines):
        self.shape, self.lines = shape, lines
        self.border = 0 if shape.narrow else min(4, shape.width // 4)
        self.stride = shape.width + 2 * self.border
        self.plane = shape.plane // shape.width * self.stride
        self.first = (20 if shape.narrow else shape.plane // shape.width + 5) * self.stride + self.border + 16
        self.count = self.first + (lines + 1) * self.stride + 16

    def neighbours(self, j):
        found, width = [], self.shape.width

        def add(line, place, plane=0):
            offset = line * self.stride + place - plane
            if len(found) < 20 and offset < 0 and offset not in found:
                found.append(offset)
        if self.shape.narrow:
            order = [(-1, 0), (0, -1), (0, -2), (0, -3), (-2, 0), (-1, -1), (-1, 1), (-3, 0), (0, -4), (0, -5), (0, -6),
                     (-1, -2), (-1, 2), (-4, 0), (-2, -1), (-2, 1)] + [(-line, 0) for line in range(5, 20)]
            for line, place in order:
                if 0 <= j + place < width:
                    add(line, place)
            return found
        for line, place in [(0, -1), (-1, 0), (-1, -1), (-1, 1), (0, -2), (-2, 0), (0, -3), (0, -4)]:
            add(line, place)
        if self.plane:
            for line, place in [(0, 0), (0, -1), (0, 1), (-1, 0), (1, 0)]:
                add(line, place, self.plane)
        for line, place in [(-1, -2), (-1, 2), (-2, -1), (-2, 1), (0, -5), (0, -6), (0, -7), (0, -8), (-3, 0), (-1, -3),
                            (-1, 3)]:
            add(line, place)
        return found


class Column:
    """How a column's numbers are predicted, and what its positions are."""

    def __init__(self, integers, places, j, grid, whole, has_base):
        self.grid, self.whole = grid, whole
        self.kind, self.unit = "free" if grid.is_free else "names", 1.0
        if grid.kind == "ordered" and not grid.dictionary:
            scale = integers.number(SCALE, 2002)
            if scale:
                self.kind, self.exponent = "scaled", scale - 1001
        if self.kind == "free":
            self.part = max(grid.step / (STEP + 2), 2.0**-1022)
        above = integers.number(ANCHOR, 2)
        self.anchor = -places.stride if above or places.shape.narrow else -1
        self.center, self.weight = integers.signed(CENTER), integers.signed(CENTER_WEIGHT)
        self.taps = [(offset, integers.signed(WEIGHT)) for offset in places.neighbours(j)]
        self.taps = [(offset, weight) for offset, weight in self.taps if weight]
        near = [0, -places.stride] + [-1] * (not places.shape.narrow or j > 0)
        self.base_taps = [(offset, integers.signed(BASE_WEIGHT)) for offset in near if has_base]

    def base(self, number):
        """The position of what the model expects."""
        if self.kind == "names":
            return self.grid.name(number)
        return self.whole(number / self.part if self.kind == "free" else number * 2.0**self.exponent)

    def predict(self, positions, base, i):
        a = positions[i + self.anchor]
        total = self.weight * wrap(self.center - a)
        for offset, weight in self.taps:
            total += weight * wrap(positions[i + offset] - a)
        for offset, weight in self.base_taps:
            total += weight * wrap(base[i + offset] - a)
        return wrap(16 * a + (wrap(total) >> 8))

    def expected(self, sixteenths):
        """The name of a prediction, where positions are scaled."""
        type = self.grid.type
        with np.errstate(over="ignore"):
            return type.ordered(type.bits(float(sixteenths) * 2.0**(-self.exponent - 4)))

    def scaled(self, name):
        type = self.grid.type
        return self.whole(type.value(type.disordered(name)) * 2.0**self.exponent)

    def value(self, position):
        """The number at a position, or that a name stands for where positions are scaled."""
        return float(position) * self.part if self.kind == "free" else self.grid.value(position)


class Tables:
    def __init__(self, integers, contexts):
        self.tokens = integers.number(TOKENS, 260) + 1
        self.clusters, count, last, next = {}, 0, 0, 0
        while True:
            next += integers.number(GAP, contexts - next + 1)
            if next == contexts:
                break
            cluster = integers.number(CLUSTER, count + 2)
            if cluster == 1:
                last, count = count, count + 1
            elif cluster:
                last = cluster - 2
            assert last < count <= 255, "no head"
            self.clusters[next], next = last, next + 1
        assert count, "no head"
        above, self.starts = [0] * self.tokens, []
        for cluster in range(count):
            before, weights = 0, []
            for token in range(self.tokens):
                expected = (before + 2 * above[token]) // 3 if cluster else before
                if expected:
                    before = expected + integers.signed(FREQUENCY)
                else:
                    before = integers.number(FIRST)
                before = above[token] = max(0, min(56, before))
                weights.append(before if before < 8 else (4 + before % 4) << before // 4 - 1)
            total = sum(weights)
            f = [max(1, (weight << 15) // total) if weight else 0 for weight in weights]
            f[weights.index(max(weights))] += 2**15 - sum(f)
            self.starts.append([sum(f[:token]) for token in range(self.tokens + 1)])


def exceptions(integers, coder, shape, lines, size):
    """Their values' numbers, and bits."""
    total, number, last, found = lines * shape.width, 0, 0, []
    while number < total:
        number += integers.number(RUN, total - number + 1)
        if number == total:
            break
        for _ in range(integers.number(RUN, total - number) + 1):
            if integers.number(REPEAT):
                last = 0
                for _ in range(size):
                    last = 2 * last + coder.bit(32768)
            column, line = divmod(number, lines)
            found.append((line * shape.width + column if shape.narrow else number, last))
            number += 1
    return found


class Errors:
    def __init__(self, tables, raw, words):
        assert len(words) >= 8 and len(words) % 2 == 0, "damaged"
        self.tables, self.raw, self.raw_bits = tables, int.from_bytes(raw, "little"), 8 * len(raw)
        self.states = [int.from_bytes(words[k:k + 4], "little") for k in (0, 4)]
        self.words = [int.from_bytes(words[k:k + 2], "little") for k in range(8, len(words), 2)]
        assert min(self.states) >= 2**16, "damaged"
        self.at = 0

    def take(self, context):
        starts, x = self.tables.starts[self.tables.clusters.get(context, 0)], self.states[0]
        place = x % 2**15
        token = max(k for k in range(self.tables.tokens) if starts[k] <= place)
        x = (starts[token + 1] - starts[token]) * (x >> 15) + place - starts[token]
        if x < 2**16:
            x, self.at = x << 16 | self.words[self.at], self.at + 1
        self.states = [self.states[1], x]
        if token < 16:
            return (token + 1) // 2 if token % 2 else -(token // 2)
        octave, upper = 3 + (token - 16) // 4, 4 + token % 4
        low = self.raw % 2**(octave - 1)
        self.raw, self.raw_bits = self.raw >> octave - 1, self.raw_bits - (octave - 1)
        assert self.raw_bits >= 0, "damaged"
        size = upper << octave - 2 | low >> 1
        return wrap(-size if low % 2 else size)

    def finish(self):
        assert self.states == [2**16] * 2 and self.at == len(self.words) and self.raw_bits < 8, "damaged"


def level(size):
    octave = (size + 1).bit_length() - 1
    return 2 * octave + (octave > 0 and size + 1 >> octave - 1 & 1)


def count(data, at):
    """A LEB128 number, and where it ends."""
    n = shift = 0
    while True:
        n, shift, at = n | (data[at] & 127) << shift, shift + 7, at + 1
        if data[at - 1] < 128:
            return n, at


def decode(grid, dtype, shape, bounds, samples, data, base):
    """The samples of a chunk, rows x values. `grid` is the module of the names."""
    head_size, at = count(data, 0)
    coder, at = BitDecoder(data[at:at + head_size]), at + head_size
    raw_size, at = count(data, at)
    raw, words = data[at:at + raw_size], data[at + raw_size:]
    type = grid.Type(dtype)
    form = grid.Shape(shape, len(bounds) > 1 or dtype.fields)
    assert form.columns == (form.width if form.narrow else 1), "no quick values"
    types = [grid.Type(field) for field in dtype.fields or [dtype] * form.columns]
    lines = samples * int(np.prod(shape, dtype=int)) // form.width
    flags, plans = grid.plan(coder, types, lines * form.width)
    assert flags < 4 and not any(plan.bits or plan.grid.kind == "anchored" for plan in plans), "no head"
    places, integers = Places(form, lines), Integers(coder)
    surroundings = integers.number(ANCHOR, 3)
    columns = []
    for j, plan in enumerate(plans):
        own = plan.grid.bounded(bounds[j if len(bounds) > 1 else 0])
        columns.append(Column(integers, places, j, own, grid.whole, base is not None))
    kept = exceptions(integers, coder, form, lines, type.size) if flags & 1 else []
    errors = Errors(Tables(integers, 232 * form.columns), raw, words)
    coder.finish()

    expected = [0] * places.count
    for number, value in enumerate([] if base is None else base.tolist()):
        line, j = divmod(number, form.width)
        expected[places.first + line * places.stride + j] = columns[j if form.narrow else 0].base(value)
    x, e, names = [0] * places.count, [0] * places.count, [0] * places.count
    usual, result = [0] * form.columns, []
    S, P = places.stride, places.plane
    for line in range(lines):
        first = places.first + line * S
        for k in range(1, places.border + 1):
            for field in (x, e, names):
                field[first - k] = field[first - S]
        for j in range(form.width):
            i = first + j
            column = columns[j if form.narrow else 0]
            prediction = column.predict(x, expected, i)
            if form.narrow and surroundings == 0:
                size = 3 * e[i - S] + e[i - 2 * S] + (usual[j] >> 2) + 2 * e[i - 1] >> 3
            elif form.narrow:
                size = 2 * e[i - S] + e[i - 2 * S] + (usual[j] >> 3) >> 2
            elif surroundings == 0 and P:
                size = e[i - S + 1] + 2 * e[i - S] + e[i - 2] + 2 * e[i - 1] + 2 * e[i - P] >> 3
            elif surroundings == 0:
                size = e[i - S + 1] + 2 * e[i - S] + e[i - S - 1] + e[i - 2] + 3 * e[i - 1] >> 3
            elif surroundings == 1:
                size = 4 * e[i - 1] + 2 * e[i - 2] + e[i - 3] + e[i - 4] >> 3
            else:
                size = e[i - S - 1] + 2 * e[i - S] + e[i - S + 1] + 2 * e[i - 2 * S] + e[i - 1] + e[i - (P or S)] >> 3
            context = (232 * j if form.narrow else 0) + 4 * level(size)
            if column.kind == "scaled":
                a = i + column.anchor
                center = names[a] if prediction == wrap(16 * x[a]) else column.expected(prediction)
                off = errors.take(context)
                names[i] = wrap(center + off)
                x[i] = column.scaled(names[i])
                e[i] = abs(off)
            else:
                center = wrap(prediction + 8) >> 4
                if column.kind == "names":
                    rest = wrap(prediction - (center << 4))
                    context += min(3, abs(rest) >> 1)
                else:
                    left, up = wrap(center - x[i - 1]), wrap(center - x[i - S])
                    slope, rest = max(abs(left), abs(up)), left
                    context += (slope >= 256) + (slope >= 768) + (slope >= 2560)
                off = errors.take(context)
                off = -off if rest < 0 else off
                if column.kind == "names":
                    x[i] = names[i] = wrap(center + off)
                    e[i] = abs(wrap((x[i] << 4) - prediction))
                else:
                    x[i] = names[i] = wrap(center + (off << 10))
                    e[i] = abs(wrap(off << 4))
            e[i] = min(e[i], 0x0FFFFFFF)
            if form.narrow:
                usual[j] = usual[j] + e[i] - (usual[j] >> 3)
            result.append(type.bits(types[j if form.narrow else 0].rounded(column.value(names[i]))))
        last = first + form.width
        for k in range(places.border):
            for field in (x, e, names):
                field[last + k] = field[last - 1]
    errors.finish()
    if flags & 2:
        result = [int.from_bytes(bits.to_bytes(2, "little"), "big") for bits in result]
    for place, bits in kept:
        result[place] = bits
    values = np.array(result, "u8").astype("<u%d" % (type.size // 8))
    return values.view(type.dtype).reshape(samples, -1)
