"""The exceptions of the package. Their messages are those of the program ``vaec``."""

from __future__ import annotations


class DamagedError(ValueError):
    """A stream or a model is damaged, cut off, or something else."""


class CancelledError(RuntimeError):
    """A progress callback returned False."""


VALUE, TYPE, SYSTEM, DAMAGED, MEMORY, CANCELLED, HANDLE = range(1, 8)


def error(status: int, message: str, number: int) -> Exception:
    """The exception for a status of libvaec."""
    if status == SYSTEM:
        return OSError(number, message) if number else OSError(message)
    return {
        TYPE: TypeError,
        DAMAGED: DamagedError,
        MEMORY: MemoryError,
        CANCELLED: CancelledError,
    }.get(status, ValueError)(message)
