"""Codes of weights of vaec(5)."""

import numpy as np

from bits import BitDecoder, quotient


def level(x):
    y = x + 25
    e = y.bit_length() - 1
    return 4 * e + (y >> (e - 2)) % 4


def sign(x):
    return (x > 0) - (x < 0)


def exponent(step):
    return int(step.view("u4")) >> 23 & 255


def scaled(x, octaves):
    return min(2**23 - 256, x << octaves if octaves > 0 else x >> -octaves)


class Weights:
    def __init__(self, data):
        self.coder, self.states = BitDecoder(data), {}
        self.first = []
        d = 2.0**-8
        for _ in range(50):
            q = d / (1 + d)
            self.first.append([])
            for _ in range(15):
                self.first[-1].append(int(q * 65535))
                q *= q
            d *= 1.4142135623730951

    def bit(self, state, first):
        p, n = self.states.get(state, (first, 0))
        bit = self.coder.bit(max(128, min(65407, p)))
        self.states[state] = p + quotient(2 * (65535 * bit - p), 2 * n + 3), min(n + 1, 120)
        return bit

    def code(self, s, r, last, before):
        t = 2560 * (abs(last) + abs(before))
        kind = 0 if t < 7 * r else 1 if t < 16 * r else 2 if t < 30 * r else 3
        m = 0
        while m < 15 and self.bit((s, kind, m), self.first[s][m]):
            m += 1
        n = 1
        for i in range(m):
            n = 2 * n + (self.bit((s, m, "size", n), 29500) if i < 2 else self.coder.bit(32768))
        size = n - 1
        assert size <= 32767, "damaged"
        x = sign(last) * (2 if 256 * abs(last) >= r else 1)
        if size and self.bit(("sign", x, sign(before), min(2, 512 * size // (r + 256))), 32768):
            return -size
        return size

    def matrix(self, rows, columns, steps):
        codes = np.zeros((rows, columns), "i4")
        r, means = 2048, [0] * columns
        for i in range(rows):
            last = before = 0
            if i and len(steps) > 1:
                octaves = exponent(steps[i - 1]) - exponent(steps[i])
                r, *means = (scaled(x, octaves) for x in [r] + means)
            for j in range(columns):
                s = (2 * level(r) if i == 0 else level(r) + level(means[j])) // 4
                code = self.code(s, r, last, before)
                codes[i, j] = code
                own = 256 * abs(code)
                r += quotient(own - r, 24)
                means[j] = (own + 3 * r) // 4 if i == 0 else means[j] + quotient(own - means[j], 8)
                last, before = code, last
        return codes

    def finish(self):
        self.coder.finish()
