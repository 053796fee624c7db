"""The VAE of textbooks in PyTorch: prints the evidence lower bound on test rows as JSON, in nats a sample.

The same as `vaec fit --objective elbo` trains: one hidden layer of rectified units, a Gaussian posterior, the prior
N(0, I), Bernoulli's likelihood, Adam at 0.001 and batches of 128.
"""

import argparse
import json
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class VAE(nn.Module):
    def __init__(self, values, hidden, latents):
        super().__init__()
        self.encoder = nn.Linear(values, hidden)
        self.mean = nn.Linear(hidden, latents)
        self.log_variance = nn.Linear(hidden, latents)
        self.decoder = nn.Linear(latents, hidden)
        self.output = nn.Linear(hidden, values)

    def terms(self, x):
        """E[log p(x|z)] by one draw, and the KL divergence, of each row."""
        h = F.relu(self.encoder(x))
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        logits = self.output(F.relu(self.decoder(z)))
        likelihood = -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        divergence = 0.5 * (log_variance.exp() + mean**2 - 1 - log_variance).sum(1)
        return likelihood, divergence


def rows(path):
    array = np.load(path)
    return array.reshape(len(array), -1).astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fit")
    parser.add_argument("test")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--hidden", type=int, required=True)
    parser.add_argument("--latents", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    fit, test = rows(options.fit), rows(options.test)
    largest = fit.max()
    fit, test = torch.tensor(fit / largest), torch.tensor(test / largest)
    model = VAE(fit.shape[1], options.hidden, options.latents)
    adam = torch.optim.Adam(model.parameters(), 1e-3)
    start = time.time()
    for _ in range(options.epochs):
        order = torch.randperm(len(fit))
        for first in range(0, len(fit) - 127, 128):
            likelihood, divergence = model.terms(fit[order[first:first + 128]])
            loss = (divergence - likelihood).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
    seconds = time.time() - start
    with torch.no_grad():
        likelihood, divergence = (float(t.mean()) for t in model.terms(test))
    print(json.dumps({"elbo": likelihood - divergence, "elbo_reconstruction": likelihood, "elbo_kl": divergence,
                      "seconds": seconds}))


if __name__ == "__main__":
    main()
