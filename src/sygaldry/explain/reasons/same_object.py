"""The reason of a message that only names what could not be done: another program's line above, about the same object."""

from collections.abc import Iterable, Sequence
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.model.lazy_pattern import lazy_pattern

_BARE: Final = lazy_pattern(
    r"(?i)\b(?:failed|unable|could not|couldn't|cannot|can't) (?:to )?\w{3,20} .{0,60}['\"‘`](?P<what>[^'\"’`\s]{8,200})['\"’`]\.?$"
)
_ERROR: Final = lazy_pattern(r"^(?:[\w./+-]{1,60}: )?(?:fatal|FATAL|error|ERROR|Error)(?: error)?: ")
_NEAR: Final = 12  # lines above
_LEAST: Final = 10  # characters that another program says about the object


def reason_above(lines: Sequence[Line], index: int, message: Iterable[Line]) -> Line | None:
    """Return the error above line `index` that says why the object of a bare `message` failed, or None."""
    bare = next((found for line in message if (found := _BARE.search(line.text[:600].rstrip()))), None)
    if bare is None:
        return None
    what = bare["what"].rstrip("/")
    for line in reversed(lines[max(index - _NEAR, 0) : index]):
        _, name, rest = line.text.partition(what)
        if name and len(rest.strip("'\"/: ")) >= _LEAST and _ERROR.match(line.text):
            return line
    return None
