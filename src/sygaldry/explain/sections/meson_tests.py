"""`meson test --print-errorlogs`: the output of a failed test between two rules, of which the first has scissors."""

import re
from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark

_BEGIN: Final = re.compile(r"^\u2015{8,} {1,3}\u2700 {1,3}\u2015{8,}$")
_CLOSE: Final = re.compile(r"^\u2015{20,}$")


def _read(text: str) -> Mark | None:
    if _BEGIN.match(text.rstrip()):
        return Mark(Event.BEGIN_FAILED, Level.PHASE, tentative=True)
    return Mark(Event.CLOSE, Level.PHASE) if _CLOSE.match(text.rstrip()) else None


FORMAT: Final = Format("Meson tests", (" \u2700 ".encode(),), _read, closers=("\u2015\u2015\u2015".encode(),))
