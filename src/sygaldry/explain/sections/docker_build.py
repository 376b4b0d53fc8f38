"""The legacy docker builder and podman build: one instruction after another."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_BEGIN: Final = lazy_pattern(r"^(?:\[\d+/\d+\] )?(?:Step|STEP) \d{1,4}/\d{1,4} ?: (?P<name>.{1,200})")
_FAIL: Final = lazy_pattern(
    r"^(?:The command '.{1,2000}' returned a non-zero code: [1-9]|Error: building at STEP|Error: error building at STEP"
    r"|(?:COPY|ADD) failed: )"
)


def _read(text: str) -> Mark | None:
    if found := _BEGIN.match(text):
        return Mark(Event.BEGIN, Level.BUILD, found["name"])
    return Mark(Event.FAIL, Level.BUILD) if _FAIL.match(text) else None


FORMAT: Final = Format(
    "docker build", (b"Step ", b"STEP ", b"returned a non-zero code", b"building at STEP", b" failed: "), _read
)
