"""How long programs take for next to nothing, and how much memory for little and for much."""

import json
import subprocess
import threading

import numpy as np

from bench import Failure, figure, median, show

RUNS = 21


def measure(bench, data):
    """Start-up: medians of many runs, as each is short."""
    model, one = data["model"], bench.path("one.npy")
    coded, back = bench.path("one.vaec"), bench.path("one-back.npy")
    np.save(one, data["rows"][:1])
    encode = bench.vaec("encode", "-f", "-m", model, one, "-o", coded)
    bench.time(encode)
    found = bench.rounds({
        name: lambda command=command: bench.time(command)
        for name, command in {
            "true (the least that is measured)": ["true"],
            "vaec --version": [bench.options.vaec, "--version"],
            "vaec info of a model": bench.vaec("info", model),
            "vaec encode of one row": encode,
            "vaec decode of one row": bench.vaec("decode", "-f", "-m", model, coded, "-o", back),
        }.items()
    }, RUNS)
    show(
        f"Start-up: medians of {RUNS} runs", ["command", "ms", "peak MB"],
        [[name, figure(1e3 * median([r["seconds"] for r in runs])),
          figure(1e-6 * median([r["peak_bytes"] for r in runs]))] for name, runs in found.items()])
    bench.found["start"] = [
        {"command": name, "seconds": [r["seconds"] for r in runs], "peak_bytes": [r["peak_bytes"] for r in runs]}
        for name, runs in found.items()]


def memory(bench, sets):
    """Peaks of whole commands; all rows several times over are the large input."""
    table, results = [], []
    for data in sets:
        rows = data["rows"]
        for size, count in (("small", min(1000, len(rows))), ("large", len(rows) * bench.options.repeat)):
            source, coded, back = (bench.path(name) for name in ("memory.npy", "memory.vaec", "memory-back.npy"))
            np.save(source, np.resize(rows, (count, *rows.shape[1:])))
            for threads in bench.options.threads:
                def peak(*words):
                    return bench.time(bench.vaec(*words, "-f", "-m", data["model"], threads=threads))["peak_bytes"]
                peaks = [
                    peak("encode", "--effort", 0, source, "-o", coded), peak("decode", coded, "-o", back)]
                raw = source.stat().st_size
                table.append([data["name"], size, figure(raw / 1e6), threads, *(figure(p / 1e6) for p in peaks)])
                results.append({
                    "data": data["name"], "raw_bytes": raw, "threads": threads, "encode_peak_bytes": peaks[0],
                    "decode_peak_bytes": peaks[1]})
            for path in (source, coded, back):
                path.unlink()
    show(
        "Memory: peaks at --effort 0", ["data", "input", "MB", "threads", "encode MB", "decode MB"], table)
    bench.found["memory"] = results


def stream(bench, data, gigabytes):
    """A stream through `encode | decode`: the rows again and again, from a pipe into a pipe."""
    rows, model = data["rows"], data["model"]
    times = max(1, round(gigabytes * 1e9 / rows.nbytes))
    total = times * rows.nbytes
    outs = [bench.path("encode.json"), bench.path("decode.json")]
    encode = bench.timed(outs[0], bench.vaec("encode", "-m", model, "--effort", 0, threads=1))
    decode = bench.timed(outs[1], bench.vaec("decode", "-m", model, threads=1))
    first = subprocess.Popen(encode, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    second = subprocess.Popen(decode, stdin=first.stdout, stdout=subprocess.PIPE)
    first.stdout.close()
    broken = []

    def feed():
        try:
            np.lib.format.write_array_header_1_0(first.stdin, {
                "descr": rows.dtype.str, "fortran_order": False, "shape": (times * len(rows), *rows.shape[1:])})
            content = memoryview(np.ascontiguousarray(rows)).cast("B")
            for _ in range(times):
                first.stdin.write(content)
            first.stdin.close()
        except OSError as error:
            broken.append(error)

    feeder = threading.Thread(target=feed)
    feeder.start()
    count = 0
    while block := second.stdout.read(1 << 20):
        count += len(block)
    feeder.join()
    if first.wait() or second.wait() or broken or count < total:
        raise Failure(f"encode | decode gave {count} bytes of {total}")
    peaks = [json.loads(out.read_text()) for out in outs]
    show(
        f"Stream: {total / 1e9:.2f} GB of {data['name']} through encode | decode, --effort 0, a thread each",
        ["", "seconds", "MB/s", "peak MB"],
        [[name, figure(p["seconds"]), figure(total / 1e6 / p["seconds"]), figure(p["peak_bytes"] / 1e6)]
         for name, p in zip(("encode", "decode"), peaks)])
    bench.found["stream"] = {"raw_bytes": total, "encode": peaks[0], "decode": peaks[1]}
