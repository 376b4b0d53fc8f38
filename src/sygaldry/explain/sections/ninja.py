"""ninja: the output of a failed edge follows its FAILED line, up to the next status line."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_FAIL: Final = lazy_pattern(r"^\s{0,12}FAILED: (?:\[code=\d+\] )?(?P<name>\S.{0,200})")
_NEXT: Final = lazy_pattern(r"^\s{0,12}(?:\[(?:\s{0,2}\d{1,3}% )?\d{1,6}/\d{1,6}\] |ninja: )")
# CMake runs again with the terminal as its output: what it printed stands above this line, not below.
# https://ninja-build.org/manual.html#_the_literal_console_literal_pool
_GENERATED: Final = frozenset({"build.ninja", "../build.ninja"})
_BAZEL: Final = "Build did NOT complete"  # the summary of another build tool, with the same first word


def _read(text: str) -> Mark | None:
    if found := _FAIL.match(text):
        if found["name"].strip() in _GENERATED or found["name"].startswith(_BAZEL):
            return None
        return Mark(Event.BEGIN_FAILED, Level.PHASE, found["name"].strip())
    return Mark(Event.CLOSE, Level.PHASE) if _NEXT.match(text) else None


FORMAT: Final = Format("ninja", (b"FAILED: ",), _read, closers=(b"] ", b"ninja: "))
