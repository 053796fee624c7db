"""The classical baseline: PCA, a uniform quantizer, and an ideal entropy coder with static tables."""

import numpy as np

import curves

STEPS = 24
#: What each symbol of a table counts for beside its occurrences in the rows that were fitted.
SMOOTHING = 0.05


def cross_entropy(fit, held):
    """Bits that the symbols `held` take by a table of the symbols `fit`, which lists all between the extremes."""
    low, high = min(fit.min(), held.min()), max(fit.max(), held.max())
    symbols, counts = np.unique(fit, return_counts=True)
    places = np.minimum(np.searchsorted(symbols, held), len(symbols) - 1)
    found = np.where(symbols[places] == held, counts[places], 0)
    return -np.log2((found + SMOOTHING) / (len(fit) + SMOOTHING * (high - low + 1))).sum()


def curve(fit, held, peak, highest):
    """Points from a sketch up to about `highest` dB."""
    is_integer = fit.dtype.kind in "iu"
    low, high = fit.min(), fit.max()
    fit, held = (x.reshape(len(x), -1).astype("f8") for x in (fit, held))
    mean = fit.mean(0)
    _, _, basis = np.linalg.svd(fit - mean, full_matrices=False)
    fit_coefficients, held_coefficients = (fit - mean) @ basis.T, (held - mean) @ basis.T
    coarsest = 4 * fit_coefficients[:, 0].std()
    # A step q leaves an error of q^2 / 12.
    finest = np.sqrt(12) * peak * 10 ** (-(highest + 2) / 20)
    points = []
    for step in np.geomspace(coarsest, min(finest, coarsest / 2), STEPS):
        a, b = (np.rint(c / step).astype("i8") for c in (fit_coefficients, held_coefficients))
        bits = sum(cross_entropy(a[:, k], b[:, k]) for k in range(a.shape[1]))
        decoded = b * step @ basis + mean
        if is_integer:
            decoded = np.clip(decoded, low, high)
        points.append((bits / len(held), curves.psnr(np.mean((decoded - held)**2), peak)))
    return points
