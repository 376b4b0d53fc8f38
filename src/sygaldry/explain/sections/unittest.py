"""unittest: the report of each failed test."""

import re
from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark

_TEST: Final = re.compile(r"^(?:FAIL|ERROR): (?P<name>\w{1,120} \([\w.]{1,200}\))")
_CLOSE: Final = re.compile(r"^(?:Ran \d{1,7} tests? in |FAILED \((?:failures|errors)=)")


def _read(text: str) -> Mark | None:
    if found := _TEST.match(text):
        return Mark(Event.BEGIN_FAILED, Level.PHASE, found["name"], tentative=True)
    return Mark(Event.CLOSE, Level.PHASE) if _CLOSE.match(text) else None


FORMAT: Final = Format("unittest", (b"FAIL: ", b"ERROR: "), _read, closers=(b"Ran ",))
