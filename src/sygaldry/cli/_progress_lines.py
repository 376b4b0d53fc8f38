"""Tell the story of a long work on standard error, a line at a time, unless somebody wants it quiet."""

from __future__ import annotations

from collections.abc import Callable

from sygaldry.cli._print import print_err


def teller(quiet: bool) -> Callable[[str], None]:
    """Return what tells a note at once."""

    def tell(note: str) -> None:
        if not quiet:
            print_err(f"sygaldry: {note}")

    return tell
