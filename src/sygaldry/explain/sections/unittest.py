"""unittest: the report of each failed test."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_TEST: Final = lazy_pattern(r"^(?:FAIL|ERROR): (?P<name>\w{1,120} \([\w.]{1,200}\))")
_CLOSE: Final = lazy_pattern(r"^(?:Ran \d{1,7} tests? in |FAILED \((?:failures|errors)=)")


def _read(text: str) -> Mark | None:
    if found := _TEST.match(text):
        return Mark(Event.BEGIN_FAILED, Level.PHASE, found["name"], tentative=True)
    return Mark(Event.CLOSE, Level.PHASE) if _CLOSE.match(text) else None


FORMAT: Final = Format("unittest", (b"FAIL: ", b"ERROR: "), _read, closers=(b"Ran ",))
