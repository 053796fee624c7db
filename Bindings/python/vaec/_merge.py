"""Adds up what ``vaec eval --json`` printed for the parts of a data set."""

from __future__ import annotations

import json
import math
from typing import Any, Sequence


def merge(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The report on all parts.

    Bits and squared errors are sums over samples; the largest error is the largest of any part. PSNR refers to the peak of
    the model, which is the same for all. ``bits_per_sample`` includes the framing of each part's stream.

    Args:
        reports: of one model, with the same qualities.

    Raises:
        ValueError: reports that differ in the model or the qualities.
    """
    if not reports:
        raise ValueError("no reports")
    first = reports[0]
    qualities = [point["quality"] for point in first["points"]]
    for number, report in enumerate(reports, 1):
        same = ("values_per_sample", "dtype", "model_bytes")
        if any(report.get(name) != first.get(name) for name in same):
            raise ValueError(f"report {number} is of another model or type than the first")
        if [point["quality"] for point in report["points"]] != qualities:
            raise ValueError(f"report {number} has other qualities than the first")
    samples = sum(report["samples"] for report in reports)
    file_bytes = sum(report["file_bytes"] for report in reports)
    points = []
    for place, quality in enumerate(qualities):
        parts = [(report["samples"], report["points"][place]) for report in reports]
        bits = sum(count * point["bits_per_sample"] for count, point in parts)
        mse = sum(count * point["mse"] for count, point in parts) / max(1, samples)
        peaks = [
            point["mse"] * 10 ** (point["psnr_db"] / 10) for _, point in parts if point["mse"] and point.get("psnr_db") is not None
        ]
        psnr = 10 * math.log10(peaks[0] / mse) if peaks and mse > 0 else None
        points.append(
            {
                "quality": quality,
                "bits_per_sample": bits / max(1, samples),
                "bits_per_value": bits / max(1, samples * first["values_per_sample"]),
                "ratio": 8 * file_bytes / bits if bits else None,
                "ratio_with_model": 8 * file_bytes / (bits + 8 * first["model_bytes"]),
                "mse": mse,
                "rmse": math.sqrt(mse),
                "psnr_db": psnr,
                "max_error": max(point["max_error"] for _, point in parts),
                "exact": all(point["exact"] for _, point in parts),
            }
        )
    kept = {name: first[name] for name in ("values_per_sample", "dtype", "model_bytes") if name in first}
    return {"samples": samples, "file_bytes": file_bytes, **kept, "points": points}


def merge_files(paths: Sequence[str]) -> str:
    """The merged report of files, as JSON."""
    reports = []
    for path in paths:
        with open(path) as file:
            try:
                reports.append(json.load(file))
            except json.JSONDecodeError as reason:
                raise ValueError(f"{path}: not a report of vaec eval --json ({reason})") from None
        if not isinstance(reports[-1], dict) or "points" not in reports[-1]:
            raise ValueError(f"{path}: not a report of vaec eval --json")
    return json.dumps(merge(reports))
