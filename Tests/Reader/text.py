"""Text of tables by the letter of vaec(5), for decode.py: slow, and short."""
import re
import struct
import zlib

import numpy as np

from bits import M32, BitDecoder

BLANK, QUOTE = b" ", 0x22
SEPARATORS = [b",", b"\t", b";", None, b"|"]


# The text coder

def mix(h, n):
    h = h * 0x9E3779B1 + n * 0x85EBCA6B + 0x27D4EB2F & M32
    h = (h ^ h >> 15) * 0xC2B2AE35 & M32
    return h ^ h >> 13


def curves():
    squash, power = [0] * 6144, 2**64 - 1
    for d in range(3072):
        p = (2**49 // (2**32 + (power >> 32)) + 1) // 2
        squash[3072 + d], squash[3072 - d] = min(65535, p), max(1, 65536 - p)
        power = power * 18374827034086858296 >> 64
    stretch, d = [], -2047
    for p in range(4096):
        while d < 2047 and squash[3072 + d] < 16 * p + 8:
            d += 1
        stretch.append(d)
    return squash, stretch


SQUASH, STRETCH = curves()


def squash(d):
    return SQUASH[3072 + max(-3071, min(3071, d))]


def pair(p):
    """The two inputs of a probability in 4096ths."""
    return STRETCH[p], p - 2048 >> 1


class Slots:
    """Probabilities in units of 2^-22 that follow the bits that came."""
    def __init__(self, probabilities, uses):
        self.p, self.uses = [p << 6 for p in probabilities], [uses] * len(probabilities)

    def value(self, i):
        return self.p[i] >> 10

    def learn(self, i, bit):
        uses = self.uses[i]
        self.p[i] += (bit * (2**22 - 1) - self.p[i]) * (131072 // (2 * uses + 3)) >> 16
        self.uses[i] = min(255, uses + 1)


def histories():
    """For each history: the next after a 0 and a 1, bits that it counts, and its probability at first in 65536ths."""
    allowed = lambda z, o: min(z, o) < 6 and max(z, o) <= (40, 16, 10, 8, 6, 6)[min(z, o)]
    states = [(z, n - z, last) for n in range(47) for z in range(n + 1) for last in (0, 1)
              if allowed(z, n - z) and (n - z > 0 if last else z > 0 or n == z)]

    def after(z, o, last, bit):
        same, other = (o + 1, z) if bit else (z + 1, o)
        if other > 3:
            other = other - 1 if other < 6 else 4 if other < 8 else 5 if other < 11 else 6
        while not allowed(same, other):
            if same > 1 and same >= other:
                same -= 1
            else:
                other -= 1
        return states.index((other, same, 1) if bit else (same, other, 0))

    return ([[after(*state, bit) for state in states] for bit in (0, 1)], [z + o for z, o, _ in states],
            [(5 * o + 2) * 65535 // (5 * (z + o) + 4) for z, o, _ in states])


NEXT, COUNTS, HISTORY = histories()


class Mixer:
    def __init__(self, inputs, sets, weight):
        self.values = np.zeros((inputs + 7) // 8 * 8, "i4")
        self.values[inputs - 1] = 256
        self.weights = [np.full((n, len(self.values)), weight, "i4") for n in sets]

    def choose(self, chosen):
        self.chosen = [own[i] for own, i in zip(self.weights, chosen)]

    def sum(self, selector):
        products = (self.chosen[selector] >> 17) * self.values
        return int((products.reshape(-1, 8).sum(0) >> 4).sum()) >> 7

    def learn(self, selector, error):
        self.chosen[selector] += self.values * np.int32(max(-32767, min(32767, error)))


class Refinement:
    def __init__(self):
        self.curves = {}

    def probability(self, d, context):
        self.curve = self.curves.setdefault(context, [])
        if not self.curve:
            self.curve += [squash(128 * (i - 16)) for i in range(33)]
        d = max(-2047, min(2047, d)) + 2048
        low, part = d >> 7, d & 127
        self.place = low + (part >> 6)
        return self.curve[low] * (128 - part) + self.curve[low + 1] * part >> 7

    def learn(self, bit):
        self.curve[self.place] += (65535 * bit - self.curve[self.place]) >> 6


class Match:
    def __init__(self, text, seeks_nearer):
        self.text, self.seeks_nearer = text, seeks_nearer
        self.length, self.place, self.places = 0, 0, {}
        self.slots = Slots([65535 - 2**17 // (2 * (i >> 8) + 5) for i in range(32 << 8)], 0)

    def begin(self, context, codes):
        text, n = self.text, len(self.text)
        if self.length and text[self.place] == text[-1]:
            self.length, self.place = self.length + 1, self.place + 1
        else:
            self.length = 0
        entry = context >> 14
        if self.length == 0 or self.seeks_nearer and self.length < 16:
            found = self.places.get(entry, 0)
            if found and (self.length == 0 or found != self.place):
                self.place, self.length = found, 0
                while (self.length < min(32, found)
                       and text[found - 1 - self.length] == text[n - 1 - self.length]):
                    self.length += 1
        self.places[entry] = n
        if self.length:
            self.code = 1 << 16 | codes[text[self.place]]

    def inputs(self, path, bits, column):
        self.slot = None
        if not self.length or self.code >> 16 - bits != path:
            self.length = 0
            return 0, 0
        step = self.length if self.length < 16 else min(31, 12 + (self.length >> 2))
        self.slot, self.expected = step << 8 | column, self.code >> 15 - bits & 1
        sign = 1 if self.expected else -1
        a, b = pair(self.slots.value(self.slot))
        return sign * a, sign * b

    def learn(self, bit):
        if self.slot is not None:
            self.slots.learn(self.slot, int(bit == self.expected))


class Cell:
    """A cell with the byte that ends it; `hash` is of all of it."""
    def __init__(self, data=b"", hash=0):
        self.data, self.hash = data, hash

    def __getitem__(self, offset):
        return self.data[offset] if offset < len(self.data) else 0


class Cursor:
    def __init__(self, separator, line_end):
        self.separator, self.line_end = separator, line_end
        self.rows = [[], [], []]
        self.begin_row()

    def begin_row(self):
        self.rows = [[]] + self.rows[:2]
        self.column, self.quoted, self.after_blank = 0, False, True
        self.left = self.left2 = self.first = self.all = 0
        self.begin_cell()

    def begin_cell(self):
        cell = lambda row, column: row[column] if column < len(row) else Cell()
        self.data, self.prefix = b"", 0
        self.above, self.right = (cell(self.rows[1], self.column + i) for i in (0, 1))
        self.above2 = cell(self.rows[2], self.column)

    def take(self, byte):
        """Whether a cell begins behind a byte."""
        self.data += bytes([byte])
        self.prefix = mix(self.prefix, byte + 1)
        if byte == self.line_end:
            self.end_cell()
            self.begin_row()
            return True
        if byte == QUOTE:
            self.quoted = not self.quoted
        if self.quoted:
            return False
        ends = [byte] == list(self.separator or b"")
        if self.separator is None:
            blank = byte in b" \t"
            ends = blank and not self.after_blank
            self.after_blank = blank
        if not ends:
            return False
        self.end_cell()
        self.left2, self.left = self.left, self.prefix
        if self.column == 0:
            self.first = self.prefix
        self.all = mix(self.all, self.prefix)
        self.column += 1
        self.begin_cell()
        return True

    def end_cell(self):
        if self.column < 4096:
            self.rows[0].append(Cell(self.data, self.prefix))


def digit(byte):
    return 0x30 <= byte <= 0x39


class Guess:
    def __init__(self, data=b""):
        self.data, self.holds = data, True

    def byte(self, offset):
        return 0 if not self.holds else self.data[offset] if offset < len(self.data) else 1

    def check(self, byte, offset):
        self.holds = self.holds and offset < len(self.data) and self.data[offset] == byte


def guesses(above, above2):
    """The cell above with its numbers going on, with one more, and for each of its bytes a hash of the rest."""
    above, above2 = above[:40], above2[:40]
    stepped, increased, rests = b"", b"", []

    def number(data, at):
        run = re.match(rb"[0-9]{0,17}", data[at:])[0]
        return int(run or b"0"), len(run)

    def append(data, part):
        return data + part if len(data) + len(part) <= 80 else data

    i = j = 0
    while i < len(above):
        if not digit(above[i]):
            stepped, increased = append(stepped, above[i:i + 1]), append(increased, above[i:i + 1])
            i += 1
            continue
        n, digits = number(above, i)
        while j < len(above2) and not digit(above2[j]):
            j += 1
        n2, digits2 = number(above2, j)
        width = digits if above[i] == 0x30 or digits == digits2 else 1
        after = max(0, 2 * n - n2) if digits2 else n
        stepped = append(stepped, b"%0*d" % (width, after))
        increased = append(increased, b"%0*d" % (digits, n + 1))
        i, j = i + digits, j + digits2
    hash = rest = 0
    for byte in reversed(above):
        if not digit(byte):
            rest = hash
        hash = mix(hash, byte)
        rests.append(rest)
    return Guess(stepped), Guess(increased), rests[::-1]


def order(order, byte, above):
    """How a cell compares with the one above, behind one byte more."""
    if order == 0 and byte != above:
        return 1 if byte == (above + 1) % 256 else 2 if byte == (above - 1) % 256 else 3 if byte > above else 4
    if order == 1 and (byte, above) != (0x30, 0x39):
        return 3
    if order == 2 and (byte, above) != (0x39, 0x30):
        return 4
    return order


def kind(byte):
    if byte == 0:
        return 0
    if digit(byte):
        return 1
    return {0x2C: 2, 0x3B: 2, 0x0A: 3, 0x2E: 4}.get(byte, 5 if byte < 0x30 else 6)


def frequent(data, count, separator, line_end):
    """Bytes with short codes, and what follows them in `data`."""
    if count >= 4096:
        n = data[0]
        assert 1 <= n <= 30 and len(set(data[1:1 + n])) == n <= len(data) - 1
        return data[1:1 + n], data[1 + n:]
    result = b"0123456789.-"
    for byte in (separator or b"\t") + bytes([line_end]) + b"\":\0\re NATaionrst/\"E+l,;_\t\n'":
        if byte not in result:
            result += bytes([byte])
    return result[:30], data


def unpack(data, count, separator, line_end):
    """The text of `count` bytes that `data` packs."""
    frequent_bytes, data = frequent(data, count, separator, line_end)
    codes = [0xFF00 | byte for byte in range(256)]
    for i, byte in enumerate(frequent_bytes):
        codes[byte] = i << 12 if i < 15 else 0xF000 | i - 15 << 8
    coder = BitDecoder(data)
    text = bytearray()
    bits = 16
    while bits < 25 and 1 << bits < 32 * count:
        bits += 1
    buckets, mask = {}, (1 << bits) - 1 & ~15
    empty = lambda: bytearray(16)
    mixer = Mixer(57, [64, 2048, 256, 2048, 1280, 512], 2**25)
    outer = Mixer(7, [64, 256], 2**28 // 6)
    refinements = [Refinement() for _ in range(3)]
    matches = [Match(text, nearer) for nearer in (False, True, True)]
    slots = [Slots(HISTORY, 6) for _ in range(25)]
    cursor = Cursor(separator, line_end)
    stepped, increased, rests = Guess(), Guess(), []
    compared = coded = 0

    def bucket(hash):
        check, place = hash >> 24, hash << 4 & mask
        three = [buckets.setdefault(place ^ o, empty()) for o in (0, 16, 32)]
        for b in three:
            if b[0] == check:
                return b
        p, q, r = (COUNTS[b[1]] for b in three)
        found = three[1] if q < p and q <= r else three[2] if r < p else three[0]
        found[:] = bytes([check]) + bytes(15)
        return found

    while len(text) < count:
        offset = len(cursor.data)
        column = min(cursor.column, 255)
        c8 = int.from_bytes(text[-8:], "big")
        c4, c8 = c8 & M32, c8 >> 32
        c1, c2 = c4 & 0xFF, c4 & 0xFFFF
        above = cursor.above
        up, up_next, up_next2 = (above[offset + i] for i in range(3))
        up_before = above[offset - 1] if offset else 0
        up2 = cursor.above2[offset]
        own = mix(column, cursor.prefix)
        own_above, own_left, own_first = (mix(own, h) for h in (above.hash, cursor.left, cursor.first))
        guess = mix(column, stepped.byte(offset) | increased.byte(offset) << 8 | (0 if compared else up + 1) << 16)
        place = min(offset, 31)
        ordered = column | compared << 8
        hashes = [mix(h, i) for i, h in enumerate([
            c1 | 0x100,
            c2,
            c4 & 0xFFFFFF,
            c4,
            mix(c4, c8),
            cursor.prefix,
            mix(column, place | 0x1000),
            own,
            own_left,
            mix(own, cursor.left2),
            mix(own_left, cursor.left2),
            own_first,
            mix(own_first, cursor.left),
            mix(own, cursor.all),
            own_above,
            mix(own_above, cursor.above2.hash),
            mix(own_above, cursor.right.hash),
            mix(own_above, cursor.left),
            mix(own, up | up_next << 8),
            mix(ordered, up | up_next << 8 | up_next2 << 16),
            mix(ordered, up | c2 << 8),
            mix(ordered, up | up_before << 8 | c1 << 16 | up_next << 24),
            mix(column | place << 8, up | up2 << 8 | compared << 16),
            guess,
            mix(guess, rests[offset] if offset < len(rests) else 0),
        ])]
        if text:
            contexts = mix(mix(c4, c8 & 0xFFFF), 0), mix(own_left, 1), mix(own_above, 2)
            for match, context in zip(matches, contexts):
                match.begin(context, codes)
        agreement = (2 * compared + stepped.holds) << 4 | min(offset, 15)
        kinds = kind(up) << 3 | kind(c1)
        path, done = 1, 0
        while True:
            if done % 4 == 0:
                found = [bucket(mix(h, path)) for h in hashes]
                node, level = 1, done // 4
            seen = [b[node] for b in found]
            for i, h in enumerate(seen):
                mixer.values[2 * i:2 * i + 2] = pair(slots[i].value(h)) if COUNTS[h] else (0, 0)
            for i, match in enumerate(matches):
                mixer.values[50 + 2 * i:52 + 2 * i] = match.inputs(path, done, column if i else 0)
            at = done if done < 4 else 4 | done & 3
            spot = level << 4 | node
            mixer.choose([
                spot, column << 3 | at, min(matches[0].length, 15) << 4 | min(matches[1].length, 15), up << 3 | at,
                agreement << 3 | at, kinds << 3 | at])
            sums = [max(-2047, min(2047, mixer.sum(i))) for i in range(6)]
            outer.values[:6] = sums
            outer.choose([spot, column])
            a, b = outer.sum(0), outer.sum(1)
            d = a + b >> 1
            p = squash(d) + sum(r.probability(d, context) for r, context in zip(refinements, [
                column << 6 | spot,
                mix(path, c2) >> 20,
                mix(path, up | agreement << 8 | column << 16) >> 20,
            ])) >> 2
            bit = coder.bit(max(1, min(65535, p)))
            for r in refinements:
                r.learn(bit)
            coded += 1
            rate = 24 + 163840 // (1024 + 2 * coded)
            for i, s in enumerate(sums):
                mixer.learn(i, ((bit << 16) - squash(s)) * rate >> 9)
            for i, s in enumerate((a, b)):
                outer.learn(i, ((bit << 16) - squash(s)) * 40 >> 9)
            for b, h, own in zip(found, seen, slots):
                own.learn(h, bit)
                b[node] = NEXT[bit][h]
            for match in matches:
                match.learn(bit)
            path, node, done = path << 1 | bit, node << 1 | bit, done + 1
            if done == 16:
                byte = path & 255
                break
            if done in (4, 8) and path & 15 < 15:
                # 0 where no byte has this code.
                i = (path & 15) + 15 * (done == 8)
                byte = frequent_bytes[i] if i < len(frequent_bytes) else 0
                break
        compared = order(compared, byte, up)
        stepped.check(byte, offset)
        increased.check(byte, offset)
        text.append(byte)
        if cursor.take(byte):
            compared = 0
            stepped, increased, rests = guesses(cursor.above.data, cursor.above2.data)
    coder.finish()
    return bytes(text)


# Tables

class Kept:
    """How the text of a table is kept."""

    def __init__(self, r):
        flags = r.number("B")
        assert flags & 7 < 5 and flags < 192
        self.spans_lines, self.encoding = flags & 32 == 0, [None, "utf-16-le", "utf-16-be"][flags >> 6]
        self.separator, self.is_whole = SEPARATORS[flags & 7], flags & 16 != 0
        self.point = b"," if flags & 8 else b"."
        ends = r.number("B")
        self.line_end, self.groups = ends & 15, [b"", b",", b".", b"'", b" ", b"_"][ends >> 4]
        assert self.line_end in b"\n\r"
        self.row_end = r.take(r.count())
        columns = r.count()
        assert columns <= 262144 and len(self.row_end) <= 512
        self.spellings = []
        while len(self.spellings) < columns:
            run, form, width = r.count(), r.number("B"), r.number("B")
            assert 0 < run <= columns - len(self.spellings)
            assert form & 191 < 16 or 128 <= form & 191 < 162 or (form, width) == (255, 0)
            self.spellings += [None if form == 255 else (form, width)] * run
        self.preface = r.take(r.count())
        assert len(self.preface) <= 2**20
        self.numbers = sum(s is not None for s in self.spellings)

    def lines(self, text):
        """Where each line begins, ends, and where the next begins."""
        begin = 0
        while begin < len(text):
            end = text.find(self.line_end, begin)
            end = len(text) if end < 0 else end
            if self.spans_lines and QUOTE in text[begin:end] and self.is_row(text[begin:end]):
                end = self.quoted_end(text, begin)
            following = min(len(text), end + 1)
            yield begin, begin + len(text[begin:end].rstrip(b"\r")), following
            begin = following

    def quoted_end(self, text, at):
        """Where a row ends, some of whose cells are in quotes."""
        blanks = b" " if self.separator == b"\t" else b" \t"
        ends = (self.separator or blanks) + bytes([self.line_end])
        while True:
            while at < len(text) and text[at] in blanks:
                at += 1
            has_quotes, quoted = text[at:at + 1] == b'"', False
            while at < len(text) and (quoted or text[at] not in ends):
                quoted ^= has_quotes and text[at] == QUOTE
                at += 1
            if at == len(text) or text[at] == self.line_end:
                return at
            at += 1

    def is_row(self, line):
        blanks = b" " if self.separator == b"\t" else b" \t"
        first = line.lstrip(blanks)
        if not first or line == b"\x1a":
            return False
        if first[:1] == b"#":
            cell = first[:self.cell(first, 0, len(first))[1]]
            return cell.lower() in (b"#na", b"#n/a")
        return first[:1] != b"%"

    def rows(self, text):
        """The rows of a text, with the lines between them."""
        ends = [following for begin, end, following in self.lines(text) if self.is_row(text[begin:end])]
        if ends:
            ends[-1] = len(text)
        assert ends or not text
        return [text[begin:end] for begin, end in zip([0] + ends, ends)]

    def cell(self, text, begin, limit):
        """Where the content of a cell begins and ends, where its separator is, and whether it is in quotes."""
        blanks = b" " if self.separator == b"\t" else b" \t"
        at, quoted, has_quotes = begin, False, text[begin:begin + 1] == b'"'
        while at < limit:
            byte = text[at:at + 1]
            if has_quotes and byte == b'"':
                quoted = not quoted
            elif not quoted and byte in (self.separator or blanks):
                break
            at += 1
        end = begin + len(text[begin:at].rstrip(blanks))
        if end - begin >= 2 and text[begin] == text[end - 1] == QUOTE:
            return begin + 1, end - 1, at, True
        return begin, end, at, False

    def cells(self, text, begin, limit):
        """The cells of a line, one for each column with a spelling at most."""
        blanks = b" " if self.separator == b"\t" else b" \t"
        for spelling in self.spellings:
            while begin < limit and text[begin] in blanks:
                begin += 1
            found, end, at, quoted = self.cell(text, begin, limit)
            if spelling:
                yield found, end, quoted, spelling
            if at >= limit:
                return
            begin = at if self.separator is None else at + 1

    def join(self, skeleton, numbers, precise):
        """The text of rows with this skeleton: of `numbers`, each has those of its columns with a spelling."""
        text, copied, row = b"", 0, 0
        for begin, end, _ in self.lines(skeleton):
            if not self.is_row(skeleton[begin:end]):
                continue
            if not self.is_whole:
                for place, (a, b, quoted, spelling) in enumerate(self.cells(skeleton, begin, end)):
                    if a < b and not skeleton[a:b].strip(b"\0"):
                        text, copied = text + skeleton[copied:b - 1], b
                        if b - a == 1:
                            text += spelled(
                                numbers[row][place], spelling, quoted, self.point, self.groups, precise)
            row += 1
        assert row == len(numbers)
        return text + skeleton[copied:]

    def found(self, text, width):
        """The numbers in a text whose numbers are all kept."""
        rows = []
        for begin, end, _ in self.lines(text):
            if self.is_row(text[begin:end]):
                row = [number(text[a:b], self.point, self.groups) for a, b, _, _ in self.cells(text, begin, end)]
                rows.append(row + [np.nan] * (width - len(row)) if self.numbers else [0.0])
        return rows


def spelled(x, spelling, quoted, point, groups, precise):
    (form, width), x = spelling, float(x)
    has_groups, form = form & 64, form & 191
    if form < 16:
        text = fixed(x, form)
        if precise and float(text) != x:
            text = shortest(x)
    else:
        digits = form >> 1 & 31
        if digits and not precise and abs(x * 10.0**(digits - 1)) < 2.0**51:
            x = float(np.rint(x * 10.0**(digits - 1))) / 10.0**(digits - 1) + 0.0
        text = shortest(x)
        if form % 2 == 0 and text.endswith(".0"):
            text = text[:-2]
    text = text.replace(".", point.decode()).encode()
    if has_groups:
        whole = re.match(rb"-?([0-9]*)", text)
        text = text[:whole.start(1)] + re.sub(
            rb"(?<=[0-9])(?=([0-9]{3})+$)", groups, whole[1]) + text[whole.end():]
    return text if quoted else text.rjust(width)


def fixed(x, decimals):
    scaled = abs(x) * 10.0**decimals
    if not scaled < 2.0**51:
        return shortest(x)
    digits = int(np.rint(scaled))
    sign = "-" if np.signbit(x) and (digits or x == 0) else ""
    text = f"{digits:0{decimals + 1}}"
    return sign + (text[:-decimals] + "." + text[-decimals:] if decimals else text)


def shortest(x):
    text = repr(x)
    if 2.0**53 < abs(x) < 1e16:
        digits = text.removesuffix(".0").lstrip("-")
        mantissa = digits[0] + "." + digits[1:].rstrip("0")
        text = ("-" if x < 0 else "") + mantissa.rstrip(".") + "e+15"
    return text


MISSING = "na n/a #n/a #na <na> null none nan +nan -nan nan(ind) -nan(ind) 1.#ind -1.#ind 1.#qnan -1.#qnan".split()
INFINITE = {
    **dict.fromkeys("inf +inf infinity +infinity 1.#inf".split(), np.inf),
    **dict.fromkeys("-inf -infinity -1.#inf".split(), -np.inf)}


def number(cell, point, groups):
    """The number in a cell; NaN where there is none."""
    if groups and groups in cell:
        if len(cell) > 48 or not re.fullmatch(
                rb"[+-]?[0-9]{1,3}(G[0-9]{3})+([^0-9G][^G]*)?".replace(b"G", re.escape(groups)), cell):
            return np.nan
        cell = cell.replace(groups, b"")
    if point == b",":
        cell = cell.translate(bytes.maketrans(b",.", b".,"))
    word = cell.decode("utf-8", "replace").lower()
    decimal = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?"
    if not re.fullmatch(decimal, word):
        if len(cell) > 48:
            return np.nan
        if word in MISSING or word in INFINITE:
            return INFINITE.get(word, np.nan)
        # Fortran's exponents.
        word = re.sub(r"[dq](?=[^dq]*$)", "e", word) if re.search(r"[dq]", word) else re.sub(
            r"(?<=.)([+-])(?=...$)", r"e\1", word)
        if not re.fullmatch(decimal, word) or "." not in word or "e" not in word:
            return np.nan
    value = float(word)
    is_integer = "." not in word and "e" not in word
    if np.isinf(value) or is_integer and int(value) != int(word):
        return np.nan
    return value


class Section:
    """The text section of a chunk."""

    def __init__(self, r, kept):
        runs = [r.count() for _ in range(r.count())]
        count = r.count()
        skeleton = b""
        if count:
            checksum = r.number("I")
            skeleton = unpack(r.rest(), count, kept.separator, kept.line_end)
            assert zlib.crc32(skeleton) == checksum, "another text"
        assert not r.rest()
        others = iter(kept.rows(skeleton))
        regular = b""
        if any(runs[::2]):
            assert not kept.is_whole and kept.spellings and all(kept.spellings)
            assert kept.row_end[-1:] == bytes([kept.line_end])
            regular = (kept.separator or BLANK).join([b"\0"] * len(kept.spellings)) + kept.row_end
        parts = []
        for i, run in enumerate(runs):
            parts += [next(others) for _ in range(run)] if i % 2 else [regular] * run
        assert next(others, None) is None
        self.rows, self.skeleton = sum(runs), b"".join(parts)


def split(content, kept, reader):
    """The numbers in a chunk's content, and its text section."""
    size = struct.unpack("<I", content[-4:])[0]
    assert size <= len(content) - 4
    return content[:-4 - size], Section(reader(content[len(content) - 4 - size:-4]), kept)
