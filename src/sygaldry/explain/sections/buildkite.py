"""Buildkite: collapsed and expanded groups, and the exit line of a command."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_BEGIN: Final = lazy_pattern(r"^(?:~~~|---|\+\+\+) (?P<name>:?[\w:\U0001f300-\U0001faff].{1,120})$")
_FAIL: Final = lazy_pattern(r"^(?:\W{0,4} ?Error: )The command exited with status (?:-1|[1-9])")
_CLEAN_UP: Final = lazy_pattern(
    r"^~~~ (?:Running (?:agent|plugin|global|local) (?:pre-exit|post-command)|Uploading artifacts|Cleaning up)"
)


def _read(text: str) -> Mark | None:
    if _CLEAN_UP.match(text):
        return Mark(Event.CLEAN_UP, Level.STEP)
    if found := _BEGIN.match(text):
        return None if "/" in found["name"].split(" ")[0] else Mark(Event.BEGIN, Level.STEP, found["name"])
    return Mark(Event.FAIL, Level.STEP) if _FAIL.match(text) else None


FORMAT: Final = Format("Buildkite", (b"~~~ ", b"+++ :", b"--- :", b"The command exited with status"), _read)
