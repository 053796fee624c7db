"""Samples a second that a fit trains with, against PyTorch."""

import numpy as np

import networks
import progress
from bench import figure, median, median_ratio, show, times

BATCH = 128
#: Hidden widths, latents, and whether the network is large: it gets fewer rows, so that an epoch takes less long.
NETWORKS = [([256], 2, False), ([512, 512], 128, True)]
HELD_OUT = 0.01


def shape(values, hidden, latents):
    return "-".join(map(str, [values, *hidden, latents, *reversed(hidden), values]))


def vaec_speed(bench, data, rows, hidden, latents, threads):
    """Samples a second between the ends of epochs. Held-out rows are few: checks on them cost nothing to speak of."""
    command = [
        bench.options.vaec, "fit", data, "-o", bench.path("training.vae"), "-f", "--seed", "1",
        "--hidden", ",".join(map(str, hidden)), "--latents", latents, "--epochs", progress.EPOCHS,
        "--holdout", HELD_OUT, "--memory", "16GiB", "--threads", threads]
    ends = progress.epoch_ends(list(map(str, command)), bench.options.train_seconds, least_epochs=2)
    (first, start), (last, end) = ends[0], ends[-1]
    return (last - first) * progress.rows_in_epoch(rows, HELD_OUT, BATCH) / (end - start)


def torch_speed(bench, data, hidden, latents, threads):
    found = bench.torch(
        "train", data, hidden=",".join(map(str, hidden)), latents=latents, batch=BATCH,
        seconds=bench.options.train_seconds, threads=threads)
    return found["samples"] / found["seconds"]


def measure(bench, images):
    rows, results = [], []
    for hidden, latents, is_large in NETWORKS:
        data = images[:len(images) * 12_800 // 60_000] if is_large else images
        path = bench.path("training.npy")
        np.save(path, data)
        values = int(np.prod(data.shape[1:]))
        encoder, decoder = networks.vaec(values, hidden, latents)
        theirs = networks.torch(values, hidden, latents, 2 * latents)
        for threads in bench.options.threads:
            tasks = {"vaec": lambda: vaec_speed(bench, path, len(data), hidden, latents, threads)}
            if bench.torch_missing is None:
                tasks["torch"] = lambda: torch_speed(bench, path, hidden, latents, threads)
            speeds = bench.rounds(tasks)
            ours, other = speeds["vaec"], speeds.get("torch")
            ratio = other and median_ratio(ours, other)
            # Forward once, backward twice.
            gigaflops = 3e-9 * (encoder + decoder) * median(ours)
            torch_gigaflops = other and 3e-9 * sum(theirs) * median(other)
            rows.append([
                shape(values, hidden, latents), len(data), threads, figure(median(ours)), figure(gigaflops),
                other and figure(median(other)), figure(torch_gigaflops), times(ratio)])
            results.append({
                "network": [values, *hidden, latents], "rows": len(data), "threads": threads, "batch": BATCH,
                "vaec_samples_per_s": ours, "torch_samples_per_s": other, "ratio": ratio,
                "vaec_gflop_per_s": gigaflops, "torch_gflop_per_s": torch_gigaflops})
    notes = ["PyTorch is skipped: " + bench.torch_missing] if bench.torch_missing else []
    show(
        f"Training: samples a second, batch {BATCH}, Adam",
        ["network", "rows", "threads", "vaec", "GFLOP/s", "PyTorch", "GFLOP/s", "vaec to PyTorch"], rows, notes)
    bench.found["training"] = results
