#!/usr/bin/env python3
"""The same kind of network in PyTorch: steps of training, or passes of encoder and decoder; prints one JSON object.

Encoder and decoder are multilayer perceptrons with hard-swish; the latents are normal with a mean and a deviation of
their own, and the loss is the squared error and the divergence from a normal prior. All rows are floats in memory,
and a batch is an index into them. Adam is the fused one; torch.compile is off.
"""

import argparse
import json
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional


def perceptron(widths):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.Hardswish()]
    return nn.Sequential(*layers[:-1])


class VAE(nn.Module):
    def __init__(self, values, hidden, latents):
        super().__init__()
        self.encoder = perceptron([values, *hidden, 2 * latents])
        self.decoder = perceptron([latents, *reversed(hidden), values])

    def loss(self, x):
        mean, log_variance = self.encoder(x).chunk(2, 1)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        error = functional.mse_loss(self.decoder(z), x, reduction="sum")
        divergence = -0.5 * torch.sum(1 + log_variance - mean * mean - log_variance.exp())
        return (error + divergence) / len(x)


def train(model, x, batch, seconds, warm_up):
    """Takes steps for so many seconds, and ten at least, after those of the warm-up."""
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    order, at = torch.randperm(len(x)), 0
    steps = -warm_up
    start = time.perf_counter()
    while steps < 10 or time.perf_counter() - start < seconds:
        if steps == 0:
            start = time.perf_counter()
        if at + batch > len(x):
            order, at = torch.randperm(len(x)), 0
        adam.zero_grad()
        model.loss(x[order[at:at + batch]]).backward()
        adam.step()
        at += batch
        steps += 1
    return {"seconds": time.perf_counter() - start, "samples": steps * batch}


def infer(model, x, batch):
    """Seconds of all rows through the encoder, and of their latents through the decoder."""
    result = {"samples": len(x)}
    latents = model.decoder[0].in_features
    with torch.inference_mode():
        model.decoder(model.encoder(x[:batch])[:, :latents])
        start = time.perf_counter()
        z = [model.encoder(rows)[:, :latents] for rows in x.split(batch)]
        middle = time.perf_counter()
        for rows in z:
            model.decoder(rows)
        result["encoder_seconds"] = middle - start
        result["decoder_seconds"] = time.perf_counter() - middle
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["train", "infer"])
    parser.add_argument("data", help="an npy file")
    parser.add_argument("--hidden", type=lambda text: [int(w) for w in text.split(",")], required=True)
    parser.add_argument("--latents", type=int, required=True)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--warm-up", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.manual_seed(1)
    data = np.load(options.data)
    x = torch.from_numpy(data.reshape(len(data), -1).astype("f4"))
    x = (x - x.min()) / (x.max() - x.min())
    model = VAE(x.shape[1], options.hidden, options.latents)
    if options.what == "train":
        result = train(model, x, options.batch, options.seconds, options.warm_up)
    else:
        result = infer(model, x, options.batch)
    print(json.dumps({"torch": torch.__version__, **result}))


if __name__ == "__main__":
    main()
