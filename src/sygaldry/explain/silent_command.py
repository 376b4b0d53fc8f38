"""A traced command that is the last line of a log failed without printing anything."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.explain.scan import Raw
from sygaldry.explain.text import clean, shorten
from sygaldry.model.lazy_pattern import lazy_pattern

_TRACED: Final = lazy_pattern(
    r"^\+{1,4} (?P<command>(?!echo |printf |exit\b|set |trap |rm |return\b|local |:$|true$|cd )\S.{0,300})"
)


def silent_command(tail: Sequence[Raw]) -> Line | None:
    """Return the last line that is not blank, if a shell traced a command there."""
    for raw in reversed(tail):
        text = clean(raw.raw)
        if text.strip():
            return Line(raw.number, raw.offset, shorten(text)) if _TRACED.match(text) else None
    return None
