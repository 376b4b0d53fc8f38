"""CircleCI and AppVeyor: the line that reports how a command exited."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_BEGIN: Final = lazy_pattern(r"^(?:#!/bin/(?:ba)?sh -e.{0,30}|====>> (?P<name>.{1,120}))$")
_FAIL: Final = lazy_pattern(r"^(?:Exited with (?:code |exit status )|Command exited with code )(?:exit status )?[1-9]")


def _read(text: str) -> Mark | None:
    if found := _BEGIN.match(text):
        return Mark(Event.BEGIN, Level.STEP, found["name"] or "")
    return Mark(Event.FAIL, Level.STEP) if _FAIL.match(text) else None


FORMAT: Final = Format("CircleCI", (b"#!/bin/", b"====>> ", b"xited with "), _read)
