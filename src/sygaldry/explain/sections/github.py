"""GitHub Actions: groups, error commands, and the job and step columns of `gh run view --log`."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_BEGIN: Final = lazy_pattern(r"^(?:##\[group\]|::group::)(?:Run )(?P<name>.{1,160})")
_FAIL: Final = lazy_pattern(
    r"^(?:##\[error\]|::error::|Error: )(?:Process completed with exit code [1-9]|The process .{1,200} failed with exit code"
    r"|The action .{1,200} has timed out|The operation was canceled)"
)
# An action that is a program of its own reports its errors without an exit line.
_ERROR: Final = lazy_pattern(r"^##\[error\](?!\s{0,4}\S{1,200}:\d)")
_CLEAN_UP: Final = lazy_pattern(r"^(?:Post job cleanup\.|Cleaning up orphan processes|##\[group\]Post )")


def _read(text: str) -> Mark | None:
    if found := _BEGIN.match(text):
        return Mark(Event.BEGIN, Level.STEP, found["name"])
    if _FAIL.match(text):
        return Mark(Event.FAIL, Level.STEP)
    if _ERROR.match(text):
        return Mark(Event.FAIL_HERE, Level.STEP)
    return Mark(Event.CLEAN_UP, Level.STEP) if _CLEAN_UP.match(text) else None


FORMAT: Final = Format(
    "GitHub Actions",
    (
        b"group]Run ",
        b"group::Run ",
        b"Process completed",
        b"##[error]",
        b"::error::",
        b"Post job",
        b"orphan processes",
    ),
    _read,
    lane=r"^([^\t\n]{1,100}\t[^\t\n]{1,100})\t[^\x00-\x7f]{0,4}\d{4}-\d\d-\d\dT",
    lane_in_stamp=True,
)
