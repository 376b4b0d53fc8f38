"""ninja: the output of a failed edge follows its FAILED line, up to the next status line."""

import re
from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark

_FAIL: Final = re.compile(r"^FAILED: (?:\[code=\d+\] )?(?P<name>\S.{0,200})")
_NEXT: Final = re.compile(r"^(?:\[\d{1,6}/\d{1,6}\] |ninja: )")


def _read(text: str) -> Mark | None:
    if found := _FAIL.match(text):
        return Mark(Event.BEGIN_FAILED, Level.PHASE, found["name"].strip())
    return Mark(Event.CLOSE, Level.PHASE) if _NEXT.match(text) else None


FORMAT: Final = Format("ninja", (b"FAILED: ",), _read, closers=(b"] ", b"ninja: "))
