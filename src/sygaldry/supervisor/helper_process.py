"""Start a helper program beside the job with our own Python; its failure never affects the job."""

from __future__ import annotations

import os
import sys


def spawn(words: list[str], *, stdin: int | None, stdout: int) -> int:
    """Start it with these descriptors as stdin (None: /dev/null) and stdout; return its pid."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.nice(10)
        os.dup2(os.open(os.devnull, os.O_RDONLY) if stdin is None else stdin, 0)
        os.dup2(stdout, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.execv(sys.executable, [sys.executable, *words])
    finally:
        os._exit(127)
