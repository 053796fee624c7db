"""Rows a second of whole commands, and GFLOP/s of their networks, beside the networks alone in PyTorch."""

import coding
import networks
from bench import figure, median, median_ratio, say, show, times

QUALITY, BATCH = 30, 1024


def measure(bench, sets):
    table, results = [], []
    for data in sets:
        info, rows = data["info"], data["rows"]
        values, hidden, latents = info["values_per_sample"], info["hidden"], len(info["latents"])
        if not hidden or not latents:
            say(f"{data['name']}: the model has no network")
            continue
        source = bench.path(f"{data['name']}-rows.npy")
        encoder, decoder = networks.vaec(values, hidden, latents)
        theirs = networks.torch(values, hidden, latents, latents)
        for threads in bench.options.threads:
            tasks = {"vaec": coding.vaec_task(bench, rows, source, data["model"], QUALITY, 0, threads)[0]}
            if bench.torch_missing is None:
                tasks["torch"] = lambda: bench.torch(
                    "infer", source, hidden=",".join(map(str, hidden)), latents=latents, batch=BATCH, threads=threads)
            found = bench.rounds(tasks)
            # To encode, vaec runs the encoder, and the decoder to see what it leaves.
            for label, work, their_work, ours, other in (
                ("encode", encoder + decoder, sum(theirs), "encode", ("encoder_seconds", "decoder_seconds")),
                ("decode", decoder, theirs[1], "decode", ("decoder_seconds",)),
            ):
                speed = [len(rows) / run[ours] for run in found["vaec"]]
                torch_speed = "torch" in found and [
                    run["samples"] / sum(run[key] for key in other) for run in found["torch"]]
                ratio = median_ratio(speed, torch_speed) if torch_speed else None
                table.append([
                    data["name"], label, f"{values}-{'-'.join(map(str, hidden))}-{latents}", threads,
                    figure(median(speed)), figure(1e-9 * work * median(speed)),
                    figure(median(torch_speed)) if torch_speed else None,
                    figure(1e-9 * their_work * median(torch_speed)) if torch_speed else None, times(ratio)])
                results.append({
                    "data": data["name"], "command": label, "network": [values, *hidden, latents], "threads": threads,
                    "flop_per_sample": work, "torch_flop_per_sample": their_work,
                    "vaec_samples_per_s": speed, "torch_samples_per_s": torch_speed or None, "ratio": ratio})
    notes = ["PyTorch is skipped: " + bench.torch_missing] if bench.torch_missing else []
    show(
        f"Networks: samples a second, vaec's whole command (-q {QUALITY} --effort 0), PyTorch's network alone",
        ["data", "command", "network", "threads", "vaec", "GFLOP/s", "PyTorch", "GFLOP/s", "vaec to PyTorch"],
        table, notes)
    bench.found["networks"] = results
