"""How many floating-point operations the networks are: two for each weight of a matrix, for each sample."""


def perceptron(widths):
    return sum(2 * inputs * outputs for inputs, outputs in zip(widths, widths[1:]))


def vaec(values, hidden, latents):
    """Encoder and decoder of vaec: each is a perceptron with a linear layer beside it."""
    beside = 2 * values * latents
    return (perceptron([values, *hidden, latents]) + beside, perceptron([latents, *reversed(hidden), values]) + beside)


def torch(values, hidden, latents, outputs):
    """Those of torch_vae.py, whose encoder has so many outputs."""
    return perceptron([values, *hidden, outputs]), perceptron([latents, *reversed(hidden), values])
