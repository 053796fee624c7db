"""Bits of the arithmetic decoder by the letter of vaec(5), and integers as it computes with them."""
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
