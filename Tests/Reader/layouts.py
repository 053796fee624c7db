"""Layouts of vaec(5): arrays that are cut into samples."""

import itertools
import math

import numpy as np


class Layout:
    """The layout of an array with rows of a shape, read from a header."""

    def __init__(self, r, row, is_complex):
        rows = r.count()
        # Axes are those of values.
        pair = [2] if is_complex else []
        shape = [rows] + row[:len(row) - len(pair)]
        kind = r.number("B")
        counting = set()
        if kind == 1:
            block = [r.count()] + shape[1:]
        elif kind == 2:
            tile = [r.count() for _ in range(r.count())]
            channels = [shape[-1]] if len(shape) > len(tile) and shape[-1] <= 4 else []
            counting = set(range(len(shape) - len(tile) - len(channels)))
            block = [1] * len(counting) + tile + channels
        else:
            assert kind == 3, "newer"
            axes = [r.count() for _ in range(r.count())]
            counting = {len(shape) - 1 - (a >> 1) if a & 1 else a >> 1 for a in axes}
            assert len(counting) == len(axes) and min(counting) >= 0 and max(counting) < len(shape)
            block = [1 if axis in counting else length for axis, length in enumerate(shape)]
        self.shape, self.block = shape + pair, block + pair
        assert len(self.shape) == len(self.block) and min(self.block) >= 1
        self.sample = [length for axis, length in enumerate(self.block) if axis not in counting]
        self.samples = math.prod(-(-length // own) for length, own in zip(self.shape, self.block))

    def order(self, samples):
        """Rows of the array, to the ends of blocks, for a chunk of whole bands; each value is its place among the samples."""
        cells = [-(-length // own) for length, own in zip(self.shape[1:], self.block[1:])]
        assert samples % math.prod(cells) == 0, "no whole bands"
        bands = samples // math.prod(cells)
        places = np.arange(samples * math.prod(self.block)).reshape([bands] + cells + self.block)
        axes = len(self.block)
        places = places.transpose([axis for k in range(axes) for axis in (k, axes + k)])
        return places.reshape([bands * self.block[0]] + [n * own for n, own in zip(cells, self.block[1:])])

    def array(self, samples):
        """The array of its samples."""
        assert len(samples) == self.samples
        whole = np.zeros(self.shape, samples.dtype)
        starts = [range(0, length, own) for length, own in zip(self.shape, self.block)]
        for start, sample in zip(itertools.product(*starts), samples):
            sample = sample.reshape(self.block)
            inside = [min(own, length - at) for at, own, length in zip(start, self.block, self.shape)]
            whole[tuple(slice(at, at + n) for at, n in zip(start, inside))] = sample[
                tuple(slice(0, n) for n in inside)]
        return whole
