"""What is coded: rows, a sixth of them for programs that are slow, and a model for them."""

import numpy as np

from bench import say

PART = 6
#: Epochs to fit with: enough for a network that is worth running, which is all that speeds need.
EPOCHS = {"images": 8, "windows": 20}


def prepare(bench, images, windows):
    """Writes the files; returns for each data set its name, rows, part, model and what `info` says of that."""
    result = []
    for name, rows in (("images", images), ("windows", windows)):
        data = {"name": name, "rows": rows, "part": rows[:len(rows) // PART], "model": bench.path(f"{name}.vae")}
        for key in ("rows", "part"):
            np.save(bench.path(f"{name}-{key}.npy"), data[key])
        fitted = bench.path(f"{name}-fit.npy")
        np.save(fitted, rows[:max(4000, len(rows) * 12_800 // 60_000)])
        say(f"fitting a model to {name}")
        words = ["--epochs", EPOCHS[name], "--holdout", 0.05]
        bench.time(bench.vaec("fit", fitted, "-o", data["model"], *words, threads=0))
        data["info"] = bench.info(data["model"])
        result.append(data)
    return result
