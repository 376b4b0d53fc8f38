"""Print the progress of a long operation on standard error, one line at a time, unless --quiet is set."""

from __future__ import annotations

import sys
from collections.abc import Callable


def progress_printer(quiet: bool) -> Callable[[str], None]:
    """Return a function that prints a note immediately."""

    def report_progress(note: str) -> None:
        if not quiet:
            sys.stderr.write(f"sygaldry: {note}\n")
            sys.stderr.flush()

    return report_progress
