"""Start a program of ours beside the job, with the Python that we run in: it may fail, and nobody hears it."""

from __future__ import annotations

import os
import sys


def start(words: list[str], *, reads: int | None, writes: int) -> int:
    """Start it with these descriptors as its input (nothing, if None) and output; returns its pid."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.nice(10)
        os.dup2(os.open(os.devnull, os.O_RDONLY) if reads is None else reads, 0)
        os.dup2(writes, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.execv(sys.executable, [sys.executable, *words])
    finally:
        os._exit(127)
