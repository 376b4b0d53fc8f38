"""Printed objects in a long message: their fields are left out before any of its words."""

from collections.abc import Iterator
from typing import Final

from sygaldry.model.lazy_pattern import lazy_pattern

_NAME: Final = lazy_pattern(r"(?<![\w.])(?:[a-z_]\w{0,40}\.){0,6}(?P<name>[A-Z]\w{1,60})\((?=\S)")
_REASON: Final = lazy_pattern(r"(?:Error|Exception|Warning|Failure|Failed)$")
_LOOKED: Final = 2_000  # characters of a message
_SHORTEST: Final = 48  # characters of fields that are worth their dots; a host and its port are less
_CLOSES: Final = {"(": ")", "[": "]", "{": "}"}


def without_fields(text: str, most: int) -> str:
    """Leave out the fields of printed objects, the longest first, until a text has at most so many characters."""
    groups = sorted(_groups(text[:_LOOKED]), key=lambda group: group[0] - group[1])
    left = len(text)
    chosen: list[tuple[int, int]] = []
    for begin, end in groups:
        if left <= most:
            break
        chosen.append((begin, end))
        left -= end - begin - 1
    for begin, end in sorted(chosen, reverse=True):
        text = f"{text[:begin]}…{text[end:]}"
    return text


def _groups(text: str) -> Iterator[tuple[int, int]]:
    """Find what stands between the outermost brackets of objects; an exception in brackets is a message."""
    at = 0
    while found := _NAME.search(text, at):
        end = _closing(text, found.end() - 1)
        at = found.end()
        if end and end - at >= _SHORTEST and "=" in text[at:end] and not _REASON.search(found["name"]):
            yield at, end
            at = end


def _closing(text: str, begin: int) -> int:
    """Return where the bracket is closed that is opened at `begin`, or 0."""
    open_ = [_CLOSES[text[begin]]]
    for at in range(begin + 1, len(text)):
        if text[at] in _CLOSES:
            open_.append(_CLOSES[text[at]])
        elif text[at] == open_[-1]:
            open_.pop()
            if not open_:
                return at
    return 0
