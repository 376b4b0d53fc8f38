"""Tell the story of a long work on standard error, a line at a time, unless somebody wants it quiet."""

from __future__ import annotations

import sys
from collections.abc import Callable


def teller(quiet: bool) -> Callable[[str], None]:
    """Return what tells a note at once."""

    def tell(note: str) -> None:
        if not quiet:
            sys.stderr.write(f"sygaldry: {note}\n")
            sys.stderr.flush()

    return tell
