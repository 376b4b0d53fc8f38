"""Print the progress of a long operation on standard error: lines, and at a terminal a live bar below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sygaldry.cli._print import print_err
from sygaldry.cli._progress_bar import draw, has_live_terminal
from sygaldry.model.progress_note import ProgressNote

if TYPE_CHECKING:
    from collections.abc import Callable


def progress_printer(quiet: bool) -> Callable[[str], None]:
    """Return a function that prints a note immediately, unless `--quiet` is set."""
    is_live = not quiet and has_live_terminal()

    def report_progress(note: str) -> None:
        progress = note if isinstance(note, ProgressNote) else None
        if not quiet and (progress is None or progress.kept):
            print_err(f"sygaldry: {note}")
        if is_live and progress is not None:
            draw(progress)

    return report_progress
