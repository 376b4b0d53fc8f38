"""Print the progress of a long operation on standard error, one line at a time, unless --quiet is set."""

from __future__ import annotations

from collections.abc import Callable

from sygaldry.cli._print import print_err


def progress_printer(quiet: bool) -> Callable[[str], None]:
    """Return a function that prints a note immediately."""

    def report_progress(note: str) -> None:
        if not quiet:
            print_err(f"sygaldry: {note}")

    return report_progress
