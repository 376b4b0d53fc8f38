"""Azure Pipelines: section commands and the exit line of a task."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_BEGIN: Final = lazy_pattern(r"^##\[section\]Starting: (?P<name>.{1,160})")
_CLOSE: Final = lazy_pattern(r"^##\[section\]Finishing: ")
_FAIL: Final = lazy_pattern(r"^##\[error\].{0,80}(?:exited with code '?[1-9]|failed with exit code|exit code: [1-9])")


def _read(text: str) -> Mark | None:
    if found := _BEGIN.match(text):
        return Mark(Event.BEGIN, Level.STEP, found["name"])
    if _CLOSE.match(text):
        return Mark(Event.CLOSE, Level.STEP)
    return Mark(Event.FAIL, Level.STEP) if _FAIL.match(text) else None


FORMAT: Final = Format("Azure Pipelines", (b"##[section]", b"##[error]"), _read)
