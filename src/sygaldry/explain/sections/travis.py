"""Travis CI: folds, echoed commands, and the line that reports how each command exited."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_FOLD: Final = lazy_pattern(r"^travis_fold:start:(?P<name>[\w.-]{1,80})")
_EXIT: Final = lazy_pattern(r'^The command "?(?P<name>.{1,300}?)"? (?:failed and )?exited with (?P<code>\d{1,3})\b')
_END: Final = lazy_pattern(
    r"^(?:Your build has been stopped|No output has been received in the last|The job exceeded the maximum)"
)
_DONE: Final = lazy_pattern(r"^(?:Done\. Your build exited with|travis_fold:start:after_|Running after_)")


def _read(text: str) -> Mark | None:
    if found := _EXIT.match(text):
        return Mark(Event.FAIL if found["code"] != "0" else Event.PASS, Level.STEP, found["name"])
    if _DONE.match(text):
        return Mark(Event.CLEAN_UP, Level.STEP)
    if found := _FOLD.match(text):
        return Mark(Event.BEGIN, Level.JOB, found["name"])
    return Mark(Event.FAIL, Level.STEP) if _END.match(text) else None


FORMAT: Final = Format(
    "Travis CI",
    (
        b"travis_fold:start",
        b"exited with",
        b"Your build",
        b"No output has been",
        b"exceeded the maximum",
        b"Running after",
    ),
    _read,
    overwritten=True,
)
