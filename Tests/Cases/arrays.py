"""Arrays in npy, IDX and raw bytes, written and read by the letter of their formats, without numpy."""

import ast
import struct

CODES = {"u1": "B", "i1": "b", "u2": "H", "i2": "h", "u4": "I", "i4": "i", "u8": "Q", "i8": "q", "f2": "e", "f4": "f", "f8": "d"}
# What a value of other types is made of.
PARTS = {"b1": ("B", 1), "c8": ("f", 2), "c16": ("d", 2)}
IDX = {8: "u1", 9: "i1", 11: "i2", 12: "i4", 13: "f4", 14: "f8"}


def parts(kind):
    """The code of the numbers that a value of a type is made of, and how many they are; None for other types."""
    if kind in CODES:
        return CODES[kind], 1
    return ("q", 1) if kind[:2] in ("M8", "m8") else PARTS.get(kind)


def bytes_of(kind):
    code, count = parts(kind)
    return count * struct.calcsize("<" + code)


def packed(values, kind, order="<"):
    code, count = parts(kind)
    numbers = [number for value in values for number in ((value.real, value.imag) if count == 2 else (value,))]
    return struct.pack(f"{order}{len(numbers)}{code}", *numbers)


def npy(descr, shape, body, fortran=False, version=1):
    """A file of npy; `descr` is the type as its header spells it, in quotes where it needs some."""
    descr = descr if descr.startswith("[") else f"'{descr}'"
    text = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {tuple(shape)!r}, }}"
    before = 10 if version == 1 else 12
    text += " " * (-(before + len(text) + 1) % 64) + "\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() + body


def array(kind, shape, values, order="<", **options):
    prefix = "|" if bytes_of(kind) == 1 else order
    return npy(prefix + kind, shape, packed(values, kind, order), **options)


def idx(code, shape, body):
    return bytes([0, 0, code, len(shape)]) + b"".join(struct.pack(">I", n) for n in shape) + body


class Contents:
    """The values of an array as bytes in C order, little-endian, so that every bit counts; its type and its shape."""

    def __init__(self, kind, shape, body):
        self.kind, self.shape, self.body = kind, tuple(shape), body

    def __eq__(self, other):
        return (self.kind, self.shape, self.body) == (other.kind, other.shape, other.body)

    @property
    def values(self):
        code = parts(self.kind)[0]
        return list(struct.unpack(f"<{len(self.body) // struct.calcsize('<' + code)}{code}", self.body))


def read_npy(data):
    """What a file of npy holds; None where the type is none that the program reads, or the file is damaged."""
    try:
        if data[:6] != b"\x93NUMPY" or data[6] not in (1, 2, 3):
            return None
        size = 2 if data[6] == 1 else 4
        length = int.from_bytes(data[8 : 8 + size], "little")
        header = ast.literal_eval(data[8 + size : 8 + size + length].decode("latin-1").strip())
        order, kind, shape = header["descr"][0], header["descr"][1:], header["shape"]
        body = data[8 + size + length :]
    except (SyntaxError, ValueError, IndexError, KeyError, TypeError):
        return None
    if not isinstance(header["descr"], str) or parts(kind) is None:
        return None
    width, count = bytes_of(kind), 1
    for axis in shape:
        count *= axis
    if len(body) != count * width:
        return None
    items = [body[i : i + width] for i in range(0, len(body), width)]
    if order == ">":
        part = width // parts(kind)[1]
        items = [b"".join(item[i : i + part][::-1] for i in range(0, width, part)) for item in items]
    if header["fortran_order"] and len(shape) > 1:
        items = c_order(items, shape)
    return Contents(kind, shape, b"".join(items))


def c_order(items, shape):
    """Values whose first axis varies fastest, so that the last does."""
    strides, stride = [], 1
    for axis in shape:
        strides.append(stride)
        stride *= axis
    places = [0]
    for axis, stride in zip(shape, strides):
        places = [place + i * stride for place in places for i in range(axis)]
    return [items[place] for place in places]


def read_idx(data):
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in IDX:
        return None
    shape = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(data[3])]
    kind, body = IDX[data[2]], data[4 + 4 * data[3] :]
    width, count = int(kind[1:]), 1
    for axis in shape:
        count *= axis
    if len(body) != count * width:
        return None
    return Contents(kind, shape, b"".join(body[i : i + width][::-1] for i in range(0, len(body), width)))
