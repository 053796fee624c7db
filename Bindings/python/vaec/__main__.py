"""``python -m vaec``: the program for files that Python reads, with the same options."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, NoReturn, Optional, Sequence

from . import _files, decode, fit, pack
from ._merge import merge_files
from ._model import Model, write_file

_UNITS = {
    "": 1, "b": 1, "k": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mib": 1 << 20, "g": 1 << 30, "gib": 1 << 30,
    "kb": 10**3, "mb": 10**6, "gb": 10**9, "tib": 1 << 40, "tb": 10**12,
}  # fmt: skip
_TIMES = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def _scaled(text: str, units: dict[str, Any], example: str) -> float:
    digits = len(text) - len(text.lstrip("0123456789."))
    try:
        return float(text[:digits]) * units[text[digits:].lower()]
    except (ValueError, KeyError):
        raise argparse.ArgumentTypeError(f'"{text}"; {example}') from None


def _bytes(text: str) -> int:
    return int(_scaled(text, _UNITS, "give a number of bytes such as 512MiB, 4GB or 1000000"))


def _seconds(text: str) -> float:
    return _scaled(text, _TIMES, "give a time such as 60s, 5m or 1h")


def _widths(text: str) -> list[int]:
    return [int(width) for width in text.split(",")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m vaec",
        description="vaec for files that Python reads: .parquet, .feather, .h5:/path, .nc:variable, .zarr:array, "
        ".npz:array, WAV, folders of images, and all that the program vaec reads.",
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        own = commands.add_parser(name, help=text, description=text)
        own.add_argument("-f", "--force", action="store_true", help="overwrite outputs")
        own.add_argument("-T", "--threads", type=int, default=0, help="threads; 0 for one per processor")
        own.add_argument("--quiet", action="store_true", help="print no result")
        own.add_argument("-o", "--output", metavar="FILE", help="the output")
        return own

    fitting = argparse.ArgumentParser(add_help=False)
    fitting.add_argument("--latents", type=int)
    fitting.add_argument("--hidden", type=_widths, metavar="WIDTHS")
    fitting.add_argument("--epochs", type=int)
    fitting.add_argument("--time", type=_seconds, dest="seconds")
    fitting.add_argument("--seed", type=int, default=0)
    fitting.add_argument("--memory", type=_bytes)
    fitting.add_argument("--scale", choices=["auto", "common", "column"])
    fitting.add_argument("--holdout", type=float)
    layouts = fitting.add_mutually_exclusive_group()
    layouts.add_argument("--layout", choices=["rows", "auto"])
    for rule in ("window", "tile", "axis"):
        layouts.add_argument(f"--{rule}", dest="layout", type=f"{rule} {{}}".format)
    for name in ("columns", "exact", "missing"):
        fitting.add_argument(f"--{name}", metavar="LIST")

    target = argparse.ArgumentParser(add_help=False)
    one = target.add_mutually_exclusive_group()
    one.add_argument("-q", "--quality", type=float)
    one.add_argument("--psnr", type=float)
    one.add_argument("--bits", type=float)
    one.add_argument("--size", type=_bytes)
    one.add_argument("--max-error")
    one.add_argument("--lossless", action="store_true")
    target.add_argument("--effort", type=int)
    target.add_argument("--solid", action="store_true")
    target.add_argument("--chunk-rows", type=int)

    own = command("fit", "Fit a model to samples.")
    _take(own, fitting)
    own.add_argument("--for", type=int, dest="samples_to_encode", metavar="N")
    own.add_argument("data", nargs="+")
    own = command("pack", "Compress samples into one file that decodes alone.")
    _take(own, fitting, target)
    own.add_argument("file")
    own = command("encode", "Compress samples with a model.")
    _take(own, target)
    own.add_argument("-m", "--model", default=os.environ.get("VAEC_MODEL"))
    own.add_argument("--with-model", action="store_true")
    own.add_argument("--columns", metavar="LIST")
    own.add_argument("file")
    own = command("decode", "Decompress a stream.")
    own.add_argument("-m", "--model", default=os.environ.get("VAEC_MODEL"))
    own.add_argument("--rows", metavar="A:B")
    own.add_argument("file")
    own = commands.add_parser("merge-eval", help="Add up reports of vaec eval --json on parts of the data.")
    own.add_argument("file", nargs="+")
    own.set_defaults(quiet=False)
    return parser


def _take(parser: argparse.ArgumentParser, *others: argparse.ArgumentParser) -> None:
    for other in others:
        parser._add_container_actions(other)


def _kept(options: argparse.Namespace) -> dict[str, Any]:
    own = {"command", "force", "quiet", "output", "file", "data", "model", "rows"}
    return {name: value for name, value in vars(options).items() if name not in own}


def _run(options: argparse.Namespace) -> str:
    if options.command == "merge-eval":
        return merge_files(options.file)
    if options.command == "fit":
        if not options.output:
            raise ValueError("name the model with -o")
        inputs = [_files.read(_files.Place.parse(text)) for text in options.data]
        _refuse(options.output, options)
        model = fit(inputs if len(inputs) > 1 else inputs[0], progress=not options.quiet, **_kept(options))
        model.save(options.output, overwrite=options.force)
        return f"{options.output}: {len(bytes(model))} bytes, {len(model.latents)} latents"
    place = _files.Place.parse(options.file)
    if options.command == "decode":
        return _decode(options, place)
    output = options.output or f"{place.path}{'.' + place.part.strip('/').replace('/', '.') if place.part else ''}.vaec"
    _refuse(output, options)
    samples = _files.read(place)
    if options.command == "pack":
        stream = pack(samples, progress=not options.quiet, **_kept(options))
    else:
        if not options.model:
            raise ValueError("name the model with -m")
        stream = Model.open(options.model).encode(samples, progress=not options.quiet, **_kept(options))
    write_file(output, stream, options.force)
    before = getattr(samples, "nbytes", None) or os.path.getsize(place.path)
    return f"{place}: {before} -> {len(stream)} bytes, ratio {before / max(1, len(stream)):.2f}, to {output}"


def _decode(options: argparse.Namespace, place: _files.Place) -> str:
    output = options.output or (place.path[: -len(".vaec")] if place.path.endswith(".vaec") else None)
    if output is None:
        raise ValueError(f"{place}: does not end in .vaec; name the output with -o")
    rows = None
    if options.rows:
        try:
            first, last = (int(text) if text else None for text in options.rows.split(":"))
        except ValueError:
            raise ValueError("--rows takes A:B, as in 100:200") from None
        rows = slice(first, last)
    model = Model.open(options.model) if options.model else None
    samples = decode(place.path, model, rows, into="vaec", threads=options.threads)
    target = _files.Place.parse(output)
    _files.write(target, samples, options.force)
    return f"{place}: to {target}"


def _refuse(output: str, options: argparse.Namespace) -> None:
    if os.path.exists(output) and not options.force:
        raise FileExistsError(17, f"{output}: already exists; pass -f to replace it")


def main(arguments: Optional[Sequence[str]] = None) -> NoReturn:
    """Runs a command. Exit codes are those of the program: 0 done, 1 data or files at fault, 2 memory, 64 usage."""
    parser = _parser()
    try:
        options = parser.parse_args(arguments)
    except SystemExit as end:
        sys.exit(64 if end.code else 0)
    try:
        text = _run(options)
    except KeyboardInterrupt:
        sys.exit(130)
    except MemoryError as reason:
        print(f"vaec: {reason}", file=sys.stderr)
        sys.exit(2)
    except (ValueError, TypeError, OSError) as reason:
        text = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
        print(f"vaec: {text}", file=sys.stderr)
        sys.exit(1)
    if not options.quiet:
        print(text)
    sys.exit(0)


if __name__ == "__main__":
    main()
