"""Curves of rate and distortion, and how two of them compare.

A point is (bits a sample, PSNR in dB).
"""

import numpy as np
from scipy.interpolate import PchipInterpolator


def psnr(error, peak):
    """In dB. `error` is the mean square; below 1e-12 of the peak's it says nothing."""
    return 10 * np.log10(peak**2 / max(error, 1e-12 * peak**2))


class LogRate:
    """The log of the rate over PSNR: monotone cubics through the points that no other beats in both."""

    def __init__(self, points):
        kept = []
        for bits, decibels in sorted(points, key=lambda p: (-p[1], p[0])):
            if bits > 0 and (not kept or (bits < kept[-1][0] and decibels < kept[-1][1])):
                kept.append((bits, decibels))
        kept.reverse()
        self.low, self.high = (kept[0][1], kept[-1][1]) if kept else (np.inf, -np.inf)
        self.curve = None
        if len(kept) >= 2:
            self.curve = PchipInterpolator([d for _, d in kept], np.log([b for b, _ in kept]))

    def covers(self, decibels):
        return self.curve is not None and self.low <= decibels <= self.high

    def __call__(self, decibels):
        return self.curve(decibels)

    def bits(self, decibels):
        return float(np.exp(self.curve(decibels)))


def bd_rate(points, baseline, window=None):
    """Bjontegaard's delta rate in percent, and the interval it is taken over; None where there is no interval."""
    a, b = LogRate(points), LogRate(baseline)
    if a.curve is None or b.curve is None:
        return None
    low, high = max(a.low, b.low), min(a.high, b.high)
    if window:
        low, high = max(low, window[0]), min(high, window[1])
    if high <= low:
        return None
    at = np.linspace(low, high, 500)
    return 100 * (np.exp(np.mean(a(at) - b(at))) - 1), (low, high)


def worst_point(points, baseline):
    """The quality that takes most against the baseline at equal PSNR: (percent, index), or None."""
    b = LogRate(baseline)
    changes = [(100 * (bits / b.bits(d) - 1), i) for i, (bits, d) in enumerate(points) if b.covers(d)]
    return max(changes, default=None)
