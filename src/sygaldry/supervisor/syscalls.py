"""Two system calls that Python has no function for, made through the C library."""

from __future__ import annotations

import ctypes

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h
_PUNCH_AND_KEEP_SIZE = 3  # FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, linux/falloc.h


def adopt_orphans() -> bool:
    """Become the parent of every descendant whose own parent dies; False where the kernel refuses."""
    return bool(_library().prctl(_SUBREAPER, 1, 0, 0, 0) == 0)


def punch(descriptor: int, start: int, length: int) -> bool:
    """Free the blocks of a part of a file; its size stays, the part reads as zeros."""
    offset = ctypes.c_int64
    call = _library().fallocate64 if hasattr(_library(), "fallocate64") else _library().fallocate
    return bool(call(descriptor, _PUNCH_AND_KEEP_SIZE, offset(start), offset(length)) == 0)


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
