"""libvaec by ctypes: one call, one function. include/vaec.h documents them."""

from __future__ import annotations

import ctypes
import ctypes.util
import math
import os
import signal
import sys
import threading
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_int64, c_uint64, c_void_p
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Optional, Union

from ._errors import error

ABI = 1
Progress = Union[None, bool, Callable[[Optional[float]], Any]]

_PROGRESS = ctypes.CFUNCTYPE(c_int32, c_void_p, c_double)


class _Run(ctypes.Structure):
    _fields_ = [
        ("threads", c_int32),
        ("reserved", c_int32),
        ("memory", c_uint64),
        ("progress", _PROGRESS),
        ("context", c_void_p),
    ]


_handle, _options, _run = c_uint64, POINTER(c_char_p), POINTER(_Run)
_FUNCTIONS: dict[str, list[Any]] = {
    "free": [_handle],
    "array": [c_void_p, c_char_p, c_int32, POINTER(c_int64), POINTER(c_int64), POINTER(_handle)],
    "content": [c_char_p, c_uint64, c_char_p, _options, POINTER(_handle)],
    "file": [c_char_p, _options, POINTER(_handle)],
    "shape": [_handle, c_char_p, POINTER(c_int32), POINTER(c_int64)],
    "bytes": [_handle, POINTER(c_void_p), POINTER(c_uint64)],
    "describe": [_handle, _run, POINTER(_handle)],
    "table": [c_void_p, _options, POINTER(_handle)],
    "export": [_handle, c_void_p],
    "fit": [POINTER(_handle), c_int32, _options, _run, POINTER(_handle)],
    "open_model": [c_char_p, _run, POINTER(_handle)],
    "read_model": [c_char_p, c_uint64, _run, POINTER(_handle)],
    "encode": [_handle, _handle, _options, _run, POINTER(_handle)],
    "pack": [_handle, _options, _run, POINTER(_handle)],
    "open_stream": [c_char_p, _run, POINTER(_handle)],
    "read_stream": [c_void_p, c_uint64, _run, POINTER(_handle)],
    "rows": [_handle, _run, POINTER(c_int64)],
    "decode": [_handle, _handle, c_int64, c_int64, _run, POINTER(_handle)],
    "embed": [_handle, _handle, c_int32, _run, POINTER(_handle)],
    "invert": [_handle, _handle, _run, POINTER(_handle)],
    "sample": [_handle, c_int64, _options, _run, POINTER(_handle)],
    "score_rows": [_handle, _handle, c_double, _run, POINTER(_handle)],
}


def _candidates() -> Iterable[str]:
    if own := os.environ.get("VAEC_LIBRARY"):
        yield own
        return
    name = "libvaec.dylib" if sys.platform == "darwin" else "libvaec.so"
    yield str(Path(__file__).with_name(name))
    if found := ctypes.util.find_library("vaec"):
        yield found


def _load() -> ctypes.CDLL:
    reasons = []
    for name in _candidates():
        try:
            library = ctypes.CDLL(name)
        except OSError as reason:
            reasons.append(str(reason))
            continue
        library.vaec_abi.restype = c_int32
        if (found := library.vaec_abi()) != ABI:
            raise ImportError(f"{name}: libvaec of another version (ABI {found}; this package needs {ABI})")
        for function, arguments in _FUNCTIONS.items():
            own = getattr(library, "vaec_" + function)
            own.argtypes, own.restype = arguments, c_int32
        for function in ("version", "message"):
            getattr(library, "vaec_" + function).restype = c_char_p
        library.vaec_errno.restype = c_int32
        library.vaec_handles.restype = c_uint64
        return library
    raise ImportError(
        "libvaec is not found; `pip install .` in Bindings/python builds it, and VAEC_LIBRARY names one: "
        + "; ".join(reasons)
    )


_library = _load()


def version() -> str:
    """The version of libvaec."""
    return _library.vaec_version().decode()


def handles() -> int:
    """How many objects of libvaec are alive."""
    return int(_library.vaec_handles())


def call(function: str, *arguments: Any) -> None:
    """Calls a function of libvaec, without the GIL, and raises what went wrong."""
    status = getattr(_library, "vaec_" + function)(*arguments)
    if status:
        raise error(status, _library.vaec_message().decode(errors="replace"), _library.vaec_errno())


class Handle:
    """An object of libvaec; it is freed with the last reference."""

    __slots__ = ("value", "keeps", "__weakref__")

    def __init__(self, value: int, keeps: Any = None) -> None:
        self.value = value
        self.keeps = keeps

    def __del__(self) -> None:
        if self.value and _library is not None:
            _library.vaec_free(self.value)
            self.value = 0


def options(values: Mapping[str, Any]) -> Any:
    """An array "name=value" that ends with NULL; values that are None are left out."""
    texts = [f"{name}={_text(value)}".encode() for name, value in values.items() if value is not None]
    return (c_char_p * (len(texts) + 1))(*texts, None)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Mapping):
        first = _text(value.get("", "0"))
        return ",".join([first] + [f"{name}={_text(own)}" for name, own in value.items() if name != ""])
    if isinstance(value, (list, tuple)):
        return ",".join(_text(item) for item in value)
    if hasattr(value, "item"):
        value = value.item()
    return repr(value) if isinstance(value, float) else str(value)


class Running:
    """Runs calls that take long: tells their progress, and stops them at Ctrl-C.

    While a call runs in the main thread, Ctrl-C only sets a mark, which libvaec sees through its callback within a tenth
    of a second; KeyboardInterrupt is raised when the work has ended.
    """

    def __init__(
        self, threads: Optional[int] = None, memory: Optional[int] = None, progress: Progress = None,
        is_brief: bool = False,
    ) -> None:  # fmt: skip
        if threads is not None and threads < 0:
            raise ValueError(f"threads is {threads}; give 0 for one per processor, or more")
        self._threads, self._memory = threads or 0, memory or 0
        self._progress, self._bar = _teller(progress)
        self._is_brief = is_brief

    def __call__(self, function: str, *arguments: Any) -> Handle:
        """Calls a function whose last arguments are a run and a handle to be set."""
        result = c_uint64()
        raised: list[BaseException] = []
        interrupted: list[int] = []

        def told(_: Any, fraction: float) -> int:
            try:
                if self._progress and not raised:
                    answer = self._progress(None if math.isnan(fraction) else fraction)
                    if answer is False:
                        return 1
            except BaseException as reason:  # noqa: BLE001: it goes on in the caller
                raised.append(reason)
            return 1 if raised or interrupted else 0

        # What ends in milliseconds needs no watch, which costs a change of threads.
        is_main = not self._is_brief and threading.current_thread() is threading.main_thread()
        tells = _PROGRESS(told) if is_main or self._progress else _PROGRESS()
        run = _Run(self._threads, 0, self._memory, tells, None)
        before = signal.getsignal(signal.SIGINT) if is_main else None
        watches = callable(before)
        if watches:
            signal.signal(signal.SIGINT, lambda number, frame: interrupted.append(number))
        failure: Optional[Exception] = None
        try:
            call(function, *arguments, byref(run), byref(result))
        except Exception as reason:  # noqa: BLE001: raised below, unless something else stopped the work
            failure = reason
        finally:
            if watches:
                signal.signal(signal.SIGINT, before)
            if self._bar is not None:
                if failure is None and not raised and not interrupted:
                    # The last share that was told is a moment old.
                    self._bar.n = self._bar.total
                    self._bar.refresh()
                self._bar.close()
        handle = Handle(result.value)
        if interrupted and callable(before):
            before(interrupted[0], sys._getframe())
        if raised:
            raise raised[0]
        if failure:
            raise failure
        return handle


def _teller(progress: Progress) -> tuple[Optional[Callable[[Optional[float]], Any]], Any]:
    """A function that is told the progress, and the bar that it draws."""
    if progress is None or progress is False:
        return None, None
    if callable(progress):
        return progress, None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None, None
    bar = tqdm(total=1.0, bar_format="{l_bar}{bar}| {elapsed}")

    def tell(fraction: Optional[float]) -> None:
        if fraction is not None:
            bar.n = fraction
            bar.refresh()

    return tell, bar


def describe(handle: Handle) -> dict[str, Any]:
    """What an object is."""
    import json

    text = c_uint64()
    call("describe", handle.value, None, byref(text))
    return json.loads(content(Handle(text.value)))


def content(handle: Handle) -> bytes:
    """A copy of an object's bytes."""
    address, size = c_void_p(), c_uint64()
    call("bytes", handle.value, byref(address), byref(size))
    return ctypes.string_at(address.value, size.value) if size.value else b""
