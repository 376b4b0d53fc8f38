"""Ask a yes-or-no question at the terminal."""

from __future__ import annotations

import os
import sys


def has_terminal() -> bool:
    """Return whether anybody can read a question and answer it."""
    return os.isatty(0) and os.isatty(2)


def agrees(question: str) -> bool:
    """Ask a question; everything but y and yes is a no."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
