"""The live bar of a long operation: one line at the bottom of a terminal, rewritten in place."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from sygaldry.cli._coding_agent import is_coding_agent
from sygaldry.cli._print import draw_live, printable

if TYPE_CHECKING:
    from sygaldry.model.progress_note import ProgressNote

_BAR: Final = 24
_LEAST_WIDTH: Final = 40
_FALLBACK_WIDTH: Final = 80


def has_live_terminal() -> bool:
    """Return whether a line can be rewritten: standard error is a terminal that a person looks at."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not is_coding_agent()


def draw(note: ProgressNote) -> None:
    """Draw a note at the bottom of the terminal, over the one before it."""
    draw_live(bar_line(note, note.done, note.total, _width()))


def bar_line(text: str, done: int, total: int, width: int) -> str:
    """Format one line: a bar where the total is known, then the text, cut to the width of the terminal."""
    if total > 0:
        filled = min(done, total) * _BAR // total
        # A line that is kept has the count in its text.
        text = f"[{'#' * filled}{'.' * (_BAR - filled)}] {done}/{total} {text.removeprefix(f'[{done}/{total}] ')}"
    plain = " ".join(printable(text).split())
    return plain if len(plain) < width else f"{plain[: width - 2]}…"


def _width() -> int:
    """Return the columns of the terminal; a line that wraps could not be erased."""
    try:
        columns = os.get_terminal_size(2).columns
    except OSError:
        columns = 0
    return max(columns or _FALLBACK_WIDTH, _LEAST_WIDTH)
