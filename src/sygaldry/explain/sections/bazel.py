"""Bazel: a failed action, and the output of a failed test."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_FAIL: Final = lazy_pattern(r"^ERROR: (?P<where>\S{1,300}:\d+:\d+): (?P<name>.{1,200}?) failed(?:: | \(Exit )")
_OUTPUT: Final = lazy_pattern(r"^=+ Test output for (?P<name>//\S{1,200}):")
_CLOSE: Final = lazy_pattern(r"^(?:={60,}|INFO: |Target //|FAILED: Build)")


def _read(text: str) -> Mark | None:
    if found := _FAIL.match(text):
        return Mark(Event.BEGIN_FAILED, Level.PHASE, found["name"])
    if found := _OUTPUT.match(text):
        return Mark(Event.BEGIN_FAILED, Level.PHASE, found["name"])
    return Mark(Event.CLOSE, Level.PHASE) if _CLOSE.match(text) else None


FORMAT: Final = Format(
    "Bazel",
    (b"ERROR: /", b"Test output for //"),
    _read,
    closers=(b"=====", b"INFO: ", b"Target //", b"FAILED: Build"),
)
