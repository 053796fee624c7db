"""Gives the program inputs that tools like it broke on: see `run`."""

import csv
import gzip
import math
import os
import re
import struct
import sys

from arrays import Contents, array, idx, npy, packed, read_idx, read_npy
from program import Outcome

INF, NAN = math.inf, math.nan
TEXT = object()
# Fewer rows than a model is fitted to, where that matters not.
N = range(10)


class Case:
    """An input and what is to become of it.

    `expected` is an array's contents, the values of a table (rows x columns), TEXT for a table with other columns than those
    of numbers, or what its refusal has to say. A table that is read comes back byte for byte.
    """

    def __init__(self, kind, name, data, expected, options=()):
        self.kind, self.name, self.options = kind, name, options
        self.data = data.encode() if isinstance(data, str) else data
        self.expected = expected

    def verdict(self, outcome):
        if outcome.fault:
            return outcome.fault
        if isinstance(self.expected, str):
            if outcome.contents is not None:
                return "read, where a refusal is expected"
            return "" if re.search(self.expected, outcome.message) else f"does not say \"{self.expected}\""
        if outcome.contents is None:
            return "refused, where values are expected"
        if not isinstance(self.expected, Contents) and outcome.back != self.data:
            return "the text comes back as another"
        if self.expected is TEXT:
            return ""
        if isinstance(self.expected, Contents):
            return "" if outcome.contents == self.expected else "other values"
        flat = [float(value) for row in self.expected for value in row]
        if outcome.contents.shape != (len(self.expected), len(self.expected[0])):
            return f"the shape {outcome.contents.shape}"
        return "" if same(outcome.contents.values, flat) else "other values"


def same(found, expected):
    return len(found) == len(expected) and all(
        math.isnan(a) and math.isnan(b) or struct.pack("<d", a) == struct.pack("<d", b)
        for a, b in zip(found, expected))


def lines(*rows, end="\n"):
    return "".join(row + end for row in rows)


def table(form, header="a,b", end="\n"):
    """A table of the integers of N by a form of its lines."""
    return lines(*([header] if header else []), *(form.format(i, i / 2, 2 * i) for i in N), end=end)


def texts():
    """Tables of every kind, with what is to become of them."""
    halves, doubles = [[i, i / 2] for i in N], [[i, 2 * i] for i in N]
    yield "ids", "below.csv", table("{0},{2}").replace("4,8", "9007199254740992,8"), [
        [9007199254740992 if i == 4 else i, 2 * i] for i in N]
    yield "ids", "above.csv", table("900719925474099{0},{0}"), TEXT
    yield "ids", "alone.csv", table("{0}00000000000000001", header='"# Subject"'), TEXT
    yield "spelling", "trailing-zeros.csv", table("{0},{1:.2f}"), halves
    yield "spelling", "mixed-decimals.csv", "a,b\n0,1.5\n1,2\n2,3.25\n", [[0, 1.5], [1, 2], [2, 3.25]]
    yield "spelling", "late-decimals.csv", table("{0},{0}", header=None) + "10,0.125\n", [[i, i] for i in N] + [[10, 0.125]]
    yield "spelling", "17-digits.csv", "a\n0.13436424411240122\n0.1\n", [[0.13436424411240122], [0.1]]
    yield "spelling", "25-digits.csv", "a\n0.9925434121760651207111437\n", [[0.9925434121760651]]
    yield "decimal commas", "semicolons.csv", table("{0};{1:.2f}").replace(".", ",").replace("a,b", "a;b"), halves
    yield "decimal commas", "tabs.tsv", table("{0},0\t{1:.2f}", header=None).replace(".", ","), halves
    yield "decimal commas", "blanks.txt", table("{0},0 {1:.2f}", header=None).replace(".", ","), halves
    yield "decimal commas", "quoted.csv", table('{0},"{0},5"'), TEXT
    yield "decimal commas", "and-a-point.csv", "a;b\n1,5;2\n1.234;2\n", TEXT
    yield "comments", "savetxt.csv", table("{0},{1}", header="# a,b"), halves
    yield "comments", "several.csv", "# run 7\n# detector: x\n" + table("{0},{1}", header="# N, M"), halves
    yield "comments", "inline.csv", table("{0},{2}").replace("7,14", "7,14 # spike"), TEXT
    yield "comments", "footer.csv", table("{0},{2}") + "# end\n", doubles
    yield "comments", "percent.txt", "% by Octave\n" + table("{0} {2}", header=None), doubles
    yield "units", "units.csv", "t;u\n[s];[V]\n" + table("{0};{1}", header=None), halves
    yield "units", "one-unit.csv", "t;u\n;[V]\n" + table("{0};{1}", header=None), halves
    yield "units", "beside-dates.csv", "d,u\n(day),(V)\n" + table("2024-01-0{0},{1}", header=None), TEXT
    yield "fortran", "exponents.txt", table("  {0}.000000D+00  {1:.6f}d+00", header=None), halves
    yield "fortran", "three-digits.txt", "  1.500000-100  0.5E+00\n  2.5+101 1.0\n", [[1.5e-100, 0.5], [2.5e101, 1]]
    yield "fortran", "stars.txt", table("{0:>8}{2:>8}", header=None) + " ******* 1\n", TEXT
    yield "byte order mark", "names.csv", "\ufeff" + table("{0},{1}"), halves
    yield "byte order mark", "numbers.csv", "\ufeff" + table("{0},{1}", header=None), halves
    yield "UTF-16", "little.csv", table("{0},{1}").encode("utf-16"), halves
    yield "UTF-16", "big.csv", table("{0},{1}").encode("utf-16-be"), halves
    yield "UTF-16", "half-a-letter.csv", table("{0},{1}").encode("utf-16-le") + b"x", r"truncated UTF-16"
    yield "latin-1", "names.csv", table("{0},{1}", header="\u00b0C,\u00b5m").encode("latin-1"), halves
    yield "line ends", "cr.csv", table("{0},{2}", end="\r"), doubles
    yield "line ends", "crcrlf.csv", table("{0},{2}", end="\r\r\n"), doubles
    yield "line ends", "mixed.csv", table("{0},{2}").replace("\n", "\r\n", 4), doubles
    yield "line ends", "no-last.csv", table("{0},{2}")[:-1], doubles
    yield "line ends", "blank-lines.csv", table("{0},{2}").replace("3,6\n", "3,6\n\n"), doubles
    yield "line ends", "blank-first-and-last.csv", "\n\n" + table("{0},{2}") + "\n \n", doubles
    yield "line ends", "blocks.txt", table("{0} {2}", header=None).replace("3 6\n", "3 6\n\n\n"), doubles
    yield "line ends", "control-z.csv", table("{0},{2}") + "\x1a", doubles
    yield "money and percent", "thousands.csv", table('{0},"{0},001"'), TEXT
    yield "money and percent", "millions.csv", table('{0},"1,00{0},001"'), TEXT
    yield "money and percent", "parentheses.csv", table("{0},({2})"), TEXT
    yield "money and percent", "percent.csv", table("{0},{2}%"), TEXT
    yield "money and percent", "dollars.csv", table("{0},${1}"), TEXT
    yield "money and percent", "apostrophes.csv", table("{0},{0}'000"), TEXT
    yield "money and percent", "underscores.csv", table("{0},1_00{0}"), TEXT
    yield "money and percent", "unicode-minus.csv", table("{0},\u2212{2}"), TEXT
    yield "money and percent", "no-break-space.txt", table("1\u00a000{0};{0}", header=None), TEXT
    yield "empty fields", "first-rows.csv", "a,b\n,1\n,2\n3,4\n", [[NAN, 1], [NAN, 2], [3, 4]]
    yield "empty fields", "last-column.csv", "a,b,c\n1,2,\n3,4,\n5,6,7\n", [[1, 2, NAN], [3, 4, NAN], [5, 6, 7]]
    yield "empty fields", "tabs.tsv", "1\t\t2\n\t\t\n3\t4\t5\n", [[1, NAN, 2], [NAN] * 3, [3, 4, 5]]
    for mark in ["NA", "N/A", "null", "NULL", "None", "#N/A", "<NA>", "nan", "NaN", "-nan", "1.#IND"]:
        yield "marks", "mark.csv", f"a,b\n1,{mark}\n{mark},2\n", [[1, NAN], [NAN, 2]]
    yield "numbers", "inf.csv", "a\ninf\n-inf\nInf\nINFINITY\n+inf\n", [[INF], [-INF], [INF], [INF], [INF]]
    yield "numbers", "too-large.csv", "a,b\n0,1e308\n1,1e400\n", TEXT
    yield "numbers", "tiny.csv", "a\n4.9e-324\n1e308\n2.2250738585072014e-308\n", [[5e-324], [1e308], [2.2250738585072014e-308]]
    yield "numbers", "point-first.csv", table("{0},.{0}"), [[i, i / 10] for i in N]
    yield "numbers", "point-last.csv", table("{0},{2}."), doubles
    yield "numbers", "plus.csv", table("{0},+{1}"), halves
    yield "numbers", "exponents.csv", table("{0},{0}E3"), [[i, 1000 * i] for i in N]
    yield "numbers", "negative-zero.csv", "a,b\n0,-0.00\n1,-0\n2,0\n", [[0, -0.0], [1, -0.0], [2, 0]]
    yield "numbers", "hexadecimal.csv", table("{0},0x0{0}"), TEXT
    yield "numbers", "hexadecimal-floats.csv", table("{0},0x1.8p+{0}"), TEXT
    yield "numbers", "booleans.csv", table("{0},True"), TEXT
    yield "numbers", "complex.txt", table("({0}.0e+00+{2}.0e+00j)", header=None), TEXT
    yield "columns", "index.csv", table("{0},{1}", header=",b"), halves
    yield "columns", "labels.csv", table("ENSG{0},{1}"), TEXT
    yield "columns", "label-in-the-middle.csv", table("{0},x{0},{1}", header="a,b,c"), TEXT
    yield "columns", "dates.csv", table("2024-01-0{0}T00:00:00,{1}"), TEXT
    yield "columns", "times.csv", table("12:30:0{0},{1}"), TEXT
    yield "columns", "names-above-quotes.csv", table('"{0}",{1}', header='"","x"'), halves
    yield "columns", "row-names.txt", table('"{0}" {1} {2}', header='"x" "y"'), TEXT
    yield "columns", "years.csv", table("{0},{1}", header="2019,2020"), [[2019, 2020]] + halves
    yield "ragged", "long.csv", table("{0},{2}").replace("4,8", "4,8,9"), r"line 6 has 3 values"
    yield "ragged", "short.csv", table("{0},{2}").replace("4,8", "4"), r"line 6 has 1 value;"
    yield "ragged", "commas-at-the-end.csv", table("{0},{2},", header="a,b,"), doubles
    yield "ragged", "commas-below-names.csv", table("{0},{2},", header="a,b"), doubles
    yield "ragged", "comma-after-names.csv", table("{0},{2}", header="a,b,"), r"header names 3 columns"
    yield "ragged", "names-again.csv", table("{0},{2}") + "a,b\n1,2\n", TEXT
    yield "quotes", "all.csv", table('"{0}","{1}"', header='"a","b"'), halves
    yield "quotes", "line-break.csv", table("{0},{1}", header='"a","pressure\n(hPa)"'), halves
    yield "quotes", "line-breaks.csv", table('{0},"one\ntwo, {1}"'), TEXT
    yield "quotes", "open.csv", table("{0},{1}") + '7,"x\n8,y\n', r"line 12, column 2 opens a quote"
    yield "quotes", "comma-in-a-name.csv", table("{0},{1}", header='"a, x",b'), halves
    yield "quotes", "single.csv", table("'{0}','{1}'", header="'a','b'"), TEXT
    yield "separators", "line-of-excel.csv", "sep=;\n" + table("{0};{1}", header="a;b"), halves
    yield "separators", "bars.csv", table("{0}|{1}", header="a|b"), halves
    yield "separators", "bars-and-commas.csv", table("{0}|{1}|x, y", header="a|b|c").replace("x, y\n4", "z\n4"), TEXT
    yield "groups", "not-asked.csv", table('"{0},000",{1}'), TEXT
    yield "separators", "libsvm.txt", table("{0} 1:{1} 2:{2}", header=None), TEXT
    yield "separators", "comma-blank.csv", table("{0}, {1}", header="a, b"), halves
    yield "separators", "fixed-width.txt", table("{0:>8}  {1:>9.3f}", header=None), halves
    yield "separators", "tabs-over-semicolons.tsv", "A;B\n" + table("{0},5;{0},25", header=None), [[i + 0.5, i + 0.25] for i in N]
    yield "other text", "weka.arff", "@relation r\n@attribute a numeric\n@attribute 'b c' real\n\n@data\n" + table("{0},{1}", header=None), halves
    yield "other text", "same-names.csv", table("{0},{1}", header="a,a"), halves
    yield "other text", "lines.jsonl", lines(*('{"a":%d,"b":2}' % i for i in N)), r"JSON.*jq"
    yield "other text", "list.json", "[[0,1],[2,3]]\n", r"JSON"
    yield "other text", "matrix.mtx", "%%MatrixMarket matrix array real general\n2 1\n1\n2\n", r"Matrix Market"
    yield "small tables", "one.csv", "5\n", [[5]]
    yield "small tables", "row.csv", "1,2,3\n", [[1, 2, 3]]
    yield "small tables", "nothing.csv", "", r"is empty"
    yield "small tables", "blanks.csv", "   \n\n", r"is empty"
    yield "scales", "epoch.csv", table("17000000{0}0.25,0.00{0}"), [[1700000000.25 + 10 * i, i / 1000] for i in N]
    yield "scales", "unlike.csv", table("{0}e30,{0}e-30"), [[float(f"{i}e30"), float(f"{i}e-30")] for i in N]
    yield "scales", "ends-of-binary32.csv", lines("a,b", *(f"{3.4028234e38 - i * 1e36!r},{(i + 1) * 1e-39!r}" for i in range(24))), [
        [3.4028234e38 - i * 1e36, (i + 1) * 1e-39] for i in range(24)]
    yield "scales", "fill-values.csv", lines("a", *("1e20" if i % 3 == 0 else str(i) for i in range(24))), [
        [1e20 if i % 3 == 0 else i] for i in range(24)]


def arrays():
    """Arrays of every kind."""

    def exact(kind, name, file_kind, shape, values, order="<", **options):
        return Case(kind, name, array(file_kind, shape, values, order, **options), Contents(file_kind, shape, packed(values, file_kind)))

    for kind in ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"]:
        bits, signed = 8 * int(kind[1:]), kind[0] == "i"
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        for order in "<>" if bits > 8 else "<":
            yield exact("integers", f"{kind}{'be' if order == '>' else ''}.npy", kind, (3, 2), [low, high, 0, 1, high - 1, low + 1], order)
    special = {
        "f2": [INF, -INF, 0.0, -0.0, 6e-8, 65504.0], "f4": [INF, -INF, -0.0, 1e-45, 3.4028234663852886e38, -1e-38],
        "f8": [INF, -INF, -0.0, 5e-324, 1.7976931348623157e308, 1e-310],
    }
    for kind, values in special.items():
        for order in "<>":
            yield exact("floats", f"{kind}{'be' if order == '>' else ''}.npy", kind, (3, 2), values, order)
    for kind, body in [("f4", struct.pack("<4I", 0x7FC00001, 0x7F800001, 0xFFFFFFFF, 0x3F800000)),
                       ("f8", struct.pack("<2Q", 0x7FF8000000000001, 0xFFF0000000000001))]:
        shape = (len(body) // int(kind[1:]), 1)
        yield Case("NaN bits", f"{kind}.npy", npy("<" + kind, shape, body), Contents(kind, shape, body))
    yield exact("floats", "all-nan.npy", "f8", (4, 2), [NAN] * 8)
    yield exact("floats", "near-65504.npy", "f2", (24, 2), [65504.0 - 32 * (i % 7) for i in range(48)])
    yield exact("floats", "largest.npy", "f4", (24, 2), [3.4028234663852886e38 if i % 5 else 1.0 for i in range(48)])
    yield exact("floats", "smallest.npy", "f4", (24, 2), [struct.unpack("<f", struct.pack("<I", 1 + i * i))[0] for i in range(48)])
    yield exact("constant", "constant.npy", "f4", (24, 3), [7.0] * 72)
    yield exact("constant", "zeros.npy", "u1", (24, 3), [0] * 72)
    many = range(40)
    yield exact("64 bits", "counter.npy", "i8", (40, 1), [(1 << 60) + i for i in many])
    yield exact("64 bits", "ids.npy", "u8", (40,), [(1 << 64) - 1 - i * i for i in many])
    for order in "<>":
        yield exact("booleans", "flags.npy", "b1", (5, 8), [i % 3 == 0 for i in many], order)
        for kind in ["c8", "c16"]:
            yield exact("complex numbers", f"{kind}.npy", kind, (20, 2), [complex(i, -i / 4) for i in many], order)
        for kind in ["M8[ns]", "M8[D]", "m8[25s]", "m8"]:
            times = [-(1 << 63) if i % 9 == 4 else 1_700_000_000_000_000_000 + 1001 * i for i in many]
            yield exact("times", "times.npy", kind, (40,), times, order)
    pairs = [complex(1, 2), complex(3, INF), complex(5, -0.0), complex(7, 8)]
    yield Case("complex numbers", "fortran.npy", array("c8", (2, 2), pairs, fortran=True), Contents(
        "c8", (2, 2), packed([pairs[0], pairs[2], pairs[1], pairs[3]], "c8")))
    yield exact("offsets", "large.npy", "f8", (24, 1), [4503599627370496.0 + i for i in range(24)])
    yield exact("axes", "1d.npy", "f4", (5,), [1.0, 2.0, 3.0, 4.0, 5.0])
    yield exact("axes", "5d.npy", "i2", (2, 1, 2, 1, 3), list(range(12)))
    yield exact("axes", "one.npy", "f8", (1, 1), [3.5])
    fortran = [1, 3, 5, 2, 4, 6]
    for order in "<>":
        yield Case("axes", "fortran.npy", array("i4", (2, 3), fortran, order, fortran=True), Contents("i4", (2, 3), packed([1, 5, 4, 3, 2, 6], "i4")))
    for version in (2, 3):
        yield exact("headers", f"version-{version}.npy", "u1", (2, 2), [1, 2, 3, 4], version=version)
    whole = array("u2", (3, 2), [1, 2, 3, 4, 5, 6])
    yield Case("damage", "cut.npy", whole[:-3], r"ends after 2 of 3 rows")
    yield Case("damage", "longer.npy", whole + b"\n", r"has data after its 3 rows")
    yield Case("damage", "half-a-header.npy", whole[:40], r"header")
    yield Case("damage", "crlf.npy", whole.replace(b"\n", b"\r\n"), r".")
    yield Case("damage", "utf8.npy", whole.decode("latin-1").encode(), r"header")
    yield Case("damage", "negative.npy", whole.replace(b"(3, 2)", b"(-3,2)"), r"header")
    yield Case("damage", "nothing.npy", b"", r"is empty")
    yield Case("axes", "scalar.npy", array("f8", (), [1.0]), r"single number")
    yield Case("axes", "no-columns.npy", npy("<f8", (3, 0), b""), r"axis without values")
    yield Case("axes", "64d.npy", array("u1", (1,) * 64, [1]), r"axes")
    for descr, size, part in [
        ("<U3", 12, "text"), ("|S2", 2, "text"), ("|O", 8, "objects"), ("<M8[q]", 8, "supported"),
        ("|V8", 8, "bytes"), ("<f16", 16, "53"),
    ]:
        yield Case("other types", "x.npy", npy(descr, (2,), bytes(2 * size)), part)

    images = idx(8, (3, 2, 2), bytes(range(12)))
    contents = Contents("u1", (3, 2, 2), bytes(range(12)))
    yield Case("IDX", "images-idx3-ubyte", images, contents)
    yield Case("IDX", "images-idx3-ubyte.gz", gzip.compress(images), contents)
    yield Case("IDX", "packed-idx3-ubyte", gzip.compress(images), contents)
    yield Case("IDX", "plain-idx3-ubyte.gz", images, contents)
    yield Case("IDX", "twice-idx3-ubyte.gz", gzip.compress(gzip.compress(images)), r".")
    yield Case("IDX", "labels-idx1-ubyte", idx(8, (4,), b"\1\2\3\4"), Contents("u1", (4,), b"\1\2\3\4"))
    yield Case("IDX", "ints-idx2-int", idx(12, (2, 2), packed([-1, 2, 3, 4], "i4", ">")), Contents("i4", (2, 2), packed([-1, 2, 3, 4], "i4")))
    yield Case("IDX", "floats-idx2-float", idx(13, (2, 1), packed([-1.5, 2], "f4", ">")), Contents("f4", (2, 1), packed([-1.5, 2], "f4")))
    yield Case("IDX", "little-idx3-ubyte", bytes([3, 8, 0, 0]) + struct.pack("<3I", 3, 2, 2) + bytes(12), r"header|format")
    yield Case("IDX", "short-idx3-ubyte", images[:-1], r"ends after 2 of 3")
    yield Case("IDX", "long-idx3-ubyte", images + b"x", r"has data after")
    for name, kind, values in [("x.fvecs", "f4", [1.5, -2.0]), ("x.bvecs", "u1", [0, 255]), ("x.ivecs", "i4", [-1, 1 << 30])]:
        row = struct.pack("<i", 2) + packed(values, kind)
        yield Case("vecs", name, row * 3, Contents(kind, (3, 2), packed(values * 3, kind)))
        yield Case("vecs", name, row * 3 + row[:-1], r"ends inside row 4")
    raw = packed(list(range(10)), "i2")
    options = ("--dtype", "i2", "--shape", "4")
    yield Case("raw", "x.raw", raw[:16], Contents("i2", (2, 4), raw[:16]), options)
    yield Case("raw", "left-over.raw", raw, r"2 values are left over after 2 samples.*--partial", options)
    yield Case("raw", "dropped.raw", raw, Contents("i2", (2, 4), raw[:16]), (*options, "--partial", "drop"))
    yield Case("raw", "padded.raw", raw, Contents("i2", (3, 4), raw + bytes(4)), (*options, "--partial", "pad"))
    yield Case("raw", "no-type.raw", raw, r"--dtype")
    yield Case("raw", "an-array.npy", whole, r"npy|NumPy", options)
    yield Case("raw", "a-table.csv", table("{0},{1}"), r"text", options)
    yield Case("raw", "forced.npy", whole[:64], Contents("u1", (1, 64), whole[:64]), ("--format", "raw", "--dtype", "u1", "--shape", "64"))
    yield Case("options", "names.npy", whole, r"--header", ("--header", "yes"))
    yield Case("options", "groups.npy", whole, r"--thousands", ("--thousands", ","))
    yield Case("groups", "asked.csv", table('"{0},000,000",{1}'), [[10**6 * i, i / 2] for i in N], ("--thousands", ","))
    yield Case("groups", "points.csv", table("{0}.000,5;{0}", header="a;b"), [[1000 * i + 0.5, i] for i in N], ("--thousands", "."))
    yield Case("options", "shape.npy", whole, r"--shape", ("--format", "npy", "--shape", "2"))
    for name, magic in [
        ("x.npz", b"PK\3\4"), ("x.h5", b"\x89HDF\r\n\x1a\n"), ("x.parquet", b"PAR1"), ("x.nc", b"CDF\1"), ("x.xz", b"\xfd7zXZ\0"),
        ("x.wav", b"RIFF\0\0\0\0WAVEfmt "), ("x.png", b"\x89PNG\r\n\x1a\n"),
    ]:
        yield Case("other files", name, magic + bytes(range(200)), r".")


def report(rows, wrong):
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)) + "  " + row[3])
    print(f"cases: {len(rows)}, {wrong} wrong")
    return 1 if wrong else 0


def own():
    rows, wrong = [], 0
    for case in [Case(*text) for text in texts()] + list(arrays()):
        outcome = Outcome(case.name, case.data, case.options)
        fault = case.verdict(outcome)
        wrong += fault != ""
        what = "read" if outcome.contents is not None else "refused"
        detail = "" if not fault else fault + (": " + outcome.message if outcome.message else "")
        rows.append((case.kind, case.name, what, f"wrong: {detail}" if fault else "OK"))
    return report(rows, wrong)


def parsed(data):
    """The values of a plain table; None where another reader may see others."""
    try:
        rows = [row for row in csv.reader(data.decode("utf-8-sig").splitlines()) if row]
        if not rows or len({len(row) for row in rows}) != 1:
            return None
        if len(rows[0]) > 1 and all(row[-1] == "" for row in rows):
            rows = [row[:-1] for row in rows]
        body = rows if all(numeric(text) for text in rows[0]) else rows[1:]
        return [float(text) if text else NAN for row in body for text in row]
    except (UnicodeDecodeError, ValueError, csv.Error):
        return None


def numeric(text):
    try:
        float(text or "nan")
        return True
    except ValueError:
        return False


def directory(path):
    """Gives the program all files of a directory."""
    rows, wrong = [], 0
    for name in sorted(os.listdir(path)):
        if not os.path.isfile(os.path.join(path, name)) or name.endswith(".md"):
            continue
        with open(os.path.join(path, name), "rb") as file:
            data = file.read()
        outcome = Outcome(name, data)
        fault, what = outcome.fault, "refused"
        if not fault and outcome.contents is not None:
            plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            expected = read_npy(plain) or read_idx(plain)
            what = "read, and compared"
            if expected:
                fault = "" if outcome.contents == expected else "other values"
            elif (values := parsed(plain) if name.endswith((".csv", ".tsv", ".txt")) else None) is not None:
                fault = "" if same(outcome.contents.values, values) else "other values"
            else:
                what = "read"
        wrong += fault != ""
        rows.append((what, name, "", f"wrong: {fault} {outcome.message}" if fault else outcome.message[:160] or "OK"))
    return report(rows, wrong)


if __name__ == "__main__":
    sys.exit(directory(sys.argv[1]) if len(sys.argv) > 1 else own())
