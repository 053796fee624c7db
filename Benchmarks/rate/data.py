"""What is measured on: files of samples, and sources whose structure is known.

A data set is a pair of arrays, rows to fit and rows that are held out, whose first axis counts the samples.
"""

import gzip
import pathlib

import numpy as np

FIT_ROWS, HELD_ROWS = 20_000, 2_000


def sawbridge(random, rows):
    """x(t) = t - 1(t > U): one random number, and an optimal code is known (Wagner and Balle, ITW 2021)."""
    t = np.linspace(0, 1, 256)
    return (t - (t > random.random((rows, 1)))).astype("f4")


def banana(random, rows):
    """A Gaussian in two dimensions, bent."""
    u, v = random.normal(size=(2, rows)) * [[3], [0.5]]
    v += 0.2 * u * u - 1.8
    angle = 0.7
    return np.stack([u * np.cos(angle) - v * np.sin(angle), u * np.sin(angle) + v * np.cos(angle)], 1).astype("f4")


def autoregression(random, rows):
    """16 values of a stationary Gaussian process, neighbours correlated by 0.95: PCA is optimal."""
    x = np.empty((rows, 16))
    x[:, 0] = random.normal(size=rows)
    for i in range(1, 16):
        x[:, i] = 0.95 * x[:, i - 1] + (1 - 0.95**2)**0.5 * random.normal(size=rows)
    return x.astype("f4")


GENERATED = {"sawbridge": sawbridge, "banana": banana, "gauss-ar1": autoregression}

#: dB between which curves are compared: where structure pays, and on to near-exact. Others: all that both cover.
WINDOWS = {
    "ecg-windows": [(37, 48), (37, 60)],
    "mnist-t10k": [(19.5, 23), (19.5, 45)],
    "ppzee": [(28, 54), (28, 64)],
    "cfd-blocks": [(26, 40), (26, 51)],
}


def read_idx(data):
    types = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
    dtype, axes = np.dtype(types[data[2]]), data[3]
    shape = np.frombuffer(data, ">u4", axes, 4)
    array = np.frombuffer(data, dtype, int(np.prod(shape)), 4 + 4 * axes).reshape(shape)
    return array.astype(dtype.newbyteorder("="))


def read(path):
    """The array in a file: npy, IDX or a table of numbers, each perhaps gzipped."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:6] == b"\x93NUMPY":
        return np.load(path)
    if data[:2] == b"\0\0":
        return read_idx(data)
    lines = data.decode().splitlines()
    return np.loadtxt(lines, delimiter="," if "," in lines[0] else None, ndmin=2)


def name_of(path):
    """A file's name in tables."""
    name = path.name
    for end in (".gz", ".npy", ".txt", ".csv", "-ubyte", "-idx3", "-images"):
        name = name.removesuffix(end)
    return name


def split(array):
    """Each tenth row is held out."""
    last = np.arange(len(array)) % 10 == 9
    return array[~last], array[last]


def folder():
    """Where files are looked for: shared/data beside the checkout."""
    return pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"


def find(names, report):
    """Pairs of name and a function that gives the rows to fit and to hold out.

    `names` are files or names of data sets; none stands for all. `report` is told what is left out.
    """
    files = {}
    if folder().is_dir():
        files = {name_of(p): p for p in sorted(folder().iterdir()) if p.suffix in (".npy", ".gz", ".txt", ".csv")}
    elif not names:
        report(f"{folder()} does not exist: only generated sources are measured")

    def generated(name):
        def make():
            random = np.random.default_rng(1)
            rows = GENERATED[name](random, FIT_ROWS + HELD_ROWS)
            return rows[:FIT_ROWS], rows[FIT_ROWS:]
        return make

    found = []
    for name in names or list(files) + list(GENERATED):
        path = files.get(name, pathlib.Path(name))
        if name in GENERATED:
            found.append((name, generated(name)))
        elif path.is_file():
            found.append((name_of(path), lambda path=path: split(read(path))))
        else:
            report(f"{name}: no such file or data set; left out")
    return found
