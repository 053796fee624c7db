"""Megabytes a second of encode and decode, beside zstd, SZ3 and zfp.

Bytes are the raw ones of the rows. For vaec and zstd the whole command counts, from its start to its end, files
included; for SZ3 and zfp calls in memory do.
"""

import shutil

import numpy as np

import others
from bench import figure, median, median_ratio, say, show, times

QUALITIES = [30, 80]
#: Efforts, and whether all rows are coded or a part.
VAEC = [("vaec --effort 0", "rows", 0), ("vaec --effort 1", "rows", 1), ("vaec", "part", None)]


def vaec_task(bench, rows, source, model, quality, effort, threads):
    """Encodes, and decodes again."""
    coded, back = bench.path("coded.vaec"), bench.path("back.npy")
    words = ["-q", quality] + ([] if effort is None else ["--effort", effort])

    def run():
        encode = bench.time(bench.vaec("encode", "-f", "-m", model, *words, source, "-o", coded, threads=threads))
        decode = bench.time(bench.vaec("decode", "-f", "-m", model, coded, "-o", back, threads=threads))
        return {
            "bytes": coded.stat().st_size, "encode": encode["seconds"], "decode": decode["seconds"],
            "encode_peak": encode["peak_bytes"], "decode_peak": decode["peak_bytes"]}

    def decibels(peak):
        return psnr(np.load(back), rows, peak)
    return run, decibels


def zstd_task(bench, source, level, threads):
    packed, back = bench.path("packed.zst"), bench.path("back.npy")

    def run():
        encode = bench.time(["zstd", "-q", "-f", f"-{level}", f"-T{threads}", source, "-o", packed])
        decode = bench.time(["zstd", "-q", "-f", "-d", packed, "-o", back])
        return {"bytes": packed.stat().st_size, "encode": encode["seconds"], "decode": decode["seconds"]}
    return run


def psnr(back, rows, peak):
    error = others.error(back.reshape(rows.shape), rows)
    return 10 * np.log10(peak**2 / max(error, 1e-12 * peak**2))


def measure(bench, sets):
    codecs, missing = others.available()
    has_zstd = shutil.which("zstd") is not None
    notes = missing + ([] if has_zstd else ["zstd is skipped: there is no such command"])
    bench.found["coding"] = []
    for data in sets:
        for quality in QUALITIES:
            for threads in bench.options.threads:
                measure_one(bench, data, quality, threads, codecs if threads == 1 else {}, has_zstd, notes)


def measure_one(bench, data, quality, threads, codecs, has_zstd, notes):
    name, peak = data["name"], float(data["info"]["peak"])
    tasks, counts, decibels = {}, {}, {}
    for label, part, effort in VAEC:
        source = bench.path(f"{name}-{part}.npy")
        tasks[label], reached = vaec_task(bench, data[part], source, data["model"], quality, effort, threads)
        counts[label] = data[part]
        tasks[label]()  # Once before: what the others have to reach, and files are in memory.
        decibels[label] = float(reached(peak))
    if has_zstd:
        for level, part in ((3, "rows"), (19, "part")):
            tasks[f"zstd -{level}"] = zstd_task(bench, bench.path(f"{name}-{part}.npy"), level, threads)
            counts[f"zstd -{level}"] = data[part]
    for label, codec in codecs.items():
        say(f"{label}: looking for the bound that reaches {decibels['vaec']:.2f} dB")
        choice = others.best(codec, data["part"], decibels["vaec"], peak)
        if choice is None:
            notes = notes + [f"{label} does not reach {decibels['vaec']:.2f} dB"]
            continue
        array, bound = choice
        back = np.asarray(codec[1](codec[0](array, bound), array))
        decibels[label] = float(psnr(back, data["part"], peak))
        tasks[label] = lambda codec=codec, array=array, bound=bound: others.run(codec, array, bound)
        counts[label] = data["part"]
    runs = bench.rounds(tasks)
    table, results = [], []
    # Speeds by round, so that a ratio is of two runs that stood next to each other.
    speeds = {
        label: {way: [counts[label].nbytes / 1e6 / run[way] for run in found] for way in ("encode", "decode")}
        for label, found in runs.items()}
    for label, found in runs.items():
        rows, packed = counts[label], found[0]["bytes"]
        ratios = {
            way: median_ratio(speeds["vaec"][way], speeds[label][way]) if label != "vaec" else None
            for way in ("encode", "decode")}
        table.append([
            label, len(rows), figure(8 * packed / len(rows), 4), figure(rows.nbytes / packed),
            f"{decibels[label]:.2f}" if label in decibels else "exact",
            figure(median(speeds[label]["encode"])), times(ratios["encode"]),
            figure(median(speeds[label]["decode"])), times(ratios["decode"])])
        results.append({
            "program": label, "rows": len(rows), "bytes": packed, "psnr": decibels.get(label),
            "encode_mb_per_s": speeds[label]["encode"], "decode_mb_per_s": speeds[label]["decode"],
            "vaec_to_this_encode": ratios["encode"], "vaec_to_this_decode": ratios["decode"]})
    shape = "x".join(map(str, data["rows"].shape[1:]))
    show(
        f"Coding: {name} ({shape}, {data['rows'].dtype}), -q {quality}, threads: {threads}",
        ["program", "rows", "bits/sample", "ratio", "PSNR dB", "encode MB/s", "vaec to it", "decode MB/s",
         "vaec to it"],
        table, notes)
    bench.found["coding"].append({"data": name, "quality": quality, "threads": threads, "programs": results})
