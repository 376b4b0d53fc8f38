"""Spack quotes a package's log in numbered lines, wrapped: a message is put together again from its pieces."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from sygaldry.diagnosis import Explanation, Line, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_NUMBERED: Final = lazy_pattern(r"^ {5}\d{1,6} {4}")
_REST: Final = lazy_pattern(r"^ {11}\S")
_QUOTED: Final = lazy_pattern(r"^(?: {5}\d{1,6} {4}| {11})")
_WIDTH: Final = 68  # characters of the quoted text; the line has 79 with its number
_NEAR: Final = 12
_PIECES: Final = 3


def unwrap(explanation: Explanation, window: Window) -> Explanation:
    """Join the line that was found with its pieces before and after, where the log is quoted in that way."""
    around = window.lines[max(window.index - _NEAR, 0) : window.index + _NEAR]
    if not explanation.lines or not any(_NUMBERED.match(line.text) for line in around):
        return explanation
    pieces = [*_before(window), window.lines[window.index], *_after(window)]
    kept = [line for line in explanation.lines if line not in pieces and not _REST.match(line.text)]
    return Explanation(
        (_joined(pieces), *kept), explanation.says, explanation.where, explanation.remedy, explanation.weight
    )


def _joined(pieces: Sequence[Line]) -> Line:
    """Spack cuts at a width, also within a word; a piece that is shorter was cut at a blank, which is lost."""
    text = pieces[0].text
    for before, piece in pairwise(pieces):
        quoted = len(_QUOTED.sub("", before.text))
        text += ("" if quoted >= _WIDTH else " ") + piece.text.strip()
    return pieces[0]._replace(text=text)


def _before(window: Window) -> list[Line]:
    first = window.index
    while first > 0 and window.index - first < _PIECES and _REST.match(window.lines[first].text):
        first -= 1
    return list(window.lines[first : window.index])


def _after(window: Window) -> list[Line]:
    rest: list[Line] = []
    for line in window.lines[window.index + 1 : window.index + 1 + _PIECES]:
        if not _REST.match(line.text):
            break
        rest.append(line)
    return rest
