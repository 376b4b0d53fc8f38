"""pytest: the report of each failed test, between the headings of its sections."""

import re
from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark

_REPORTS: Final = re.compile(r"^={3,200} (?P<name>FAILURES|ERRORS) ={3,200}$")
_TEST: Final = re.compile(r"^_{3,200} (?P<name>\S.{0,200}?) _{3,200}$")
_CLOSE: Final = re.compile(
    r"^={3,200} (?:warnings summary|short test summary info|slowest|PASSES|XFAILURES|XPASSES|rerun|\d{1,6} (?:failed|error))"
)


def _read(text: str) -> Mark | None:
    if _REPORTS.match(text):
        return Mark(Event.BEGIN_FAILED, Level.PHASE, tentative=True)
    if found := _TEST.match(text):
        return Mark(Event.BEGIN_FAILED, Level.COMMAND, found["name"], tentative=True)
    return Mark(Event.CLOSE, Level.PHASE) if _CLOSE.match(text) else None


FORMAT: Final = Format("pytest", (b"= FAILURES =", b"= ERRORS ="), _read, closers=(b" ___", b"=== "))
