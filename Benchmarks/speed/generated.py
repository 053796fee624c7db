"""Data made here: images of strokes in the shape of MNIST, and a signal in the shape of an ECG.

They are the same for the same seed; another machine may round a value differently, which no figure depends on.
"""

import numpy as np

SIDE, CLASSES, POINTS = 28, 10, 20
WINDOW = 128
#: Where in a beat they are, how high, and how wide: P, Q, R, S and T.
BUMPS = [(0.2, 0.15, 0.03), (0.36, -0.12, 0.012), (0.4, 1.2, 0.015), (0.44, -0.25, 0.012), (0.7, 0.3, 0.06)]


def images(rows, seed=1):
    """rows x 28 x 28 bytes: two strokes of one of ten figures, bent and moved a little each time; most pixels are 0."""
    random = np.random.default_rng(seed)
    figures = random.uniform(6, SIDE - 7, (CLASSES, 2, 3, 2))  # figure, stroke, control point, coordinate
    t = np.linspace(0, 1, POINTS)
    bezier = np.stack([(1 - t)**2, 2 * t * (1 - t), t**2], 1)
    grid = np.arange(SIDE)
    result = np.empty((rows, SIDE, SIDE), "u1")
    for start in range(0, rows, 2000):
        n = min(2000, rows - start)
        control = figures[random.integers(CLASSES, size=n)]
        control = control + random.normal(0, 1.3, control.shape) + random.normal(0, 0.8, (n, 1, 1, 2))
        points = np.einsum("pc,nscx->nspx", bezier, control).reshape(n, 2 * POINTS, 2)
        width = random.uniform(0.8, 1.3, (n, 1, 1, 1))
        # A dot is the product of a profile over rows and one over columns, and a stroke a sum of dots.
        profiles = np.exp(-0.5 * ((points[..., None] - grid) / width)**2).astype("f4")
        ink = np.matmul(profiles[:, :, 0].transpose(0, 2, 1), profiles[:, :, 1])
        result[start:start + n] = np.clip(300 * ink - 40, 0, 255)
    return result


def windows(rows, seed=2):
    """rows x 128 floats: windows of one long signal, waves of five bumps whose length, height and base line wander."""
    random = np.random.default_rng(seed)
    count = rows * WINDOW

    def wander(scale):
        """A smooth random curve: noise at every 512th value, and lines between."""
        knots = random.normal(0, scale, count // 512 + 2)
        return np.interp(np.arange(count), 512 * np.arange(len(knots)), knots)

    phase = np.cumsum((1 + wander(0.1)) / 100) % 1
    signal = wander(0.1)
    for at, height, width in BUMPS:
        signal += height * (1 + wander(0.15)) * np.exp(-0.5 * ((phase - at) / width)**2)
    signal += random.normal(0, 0.005, count)
    return signal.astype("f4").reshape(rows, WINDOW)
