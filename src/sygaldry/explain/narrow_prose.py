"""Prose that a tool wrapped at the width of a narrow console: a paragraph is read as one line.

A paragraph begins at a mark of a report (`│`, `╰─▶`, `error:`, `hint:`); its other lines stand at the column of its
first word. Its first line gets the whole text; the others become empty and keep their numbers.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from sygaldry.diagnosis import Line, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_BEGIN: Final = lazy_pattern(
    r"^(?P<head>\s{0,12}[×│├╰─▶•][×│├╰─▶• ]{0,12}|\s{0,12}(?:error|cause|hint|warning|note): )(?=\S)"
)
_REST: Final = lazy_pattern(r"^(?P<indent>[ │]{1,24})(?=\S)(?![×├╰•│]|(?:error|cause|hint|warning|note): )")
_NARROW: Final = 48  # columns; a wider line is a sentence, or the most of one, as it stands
_LONGEST: Final = 60  # lines of a paragraph


def with_joined_prose(window: Window) -> Window:
    """Return the window with its narrow paragraphs joined, or as it is where it has none."""
    lines = list(window.lines)
    index, at, changed = window.index, 0, False
    while at < len(lines):
        end = _end(lines, at)
        if end - at > 1:
            text = " ".join([lines[at].text.rstrip(), *(line.text.strip(" │") for line in lines[at + 1 : end])])
            lines[at] = lines[at]._replace(text=text)
            lines[at + 1 : end] = [line._replace(text="") for line in lines[at + 1 : end]]
            index = at if at < index < end else index
            changed = True
        at = max(end, at + 1)
    return Window(lines, index) if changed else window


def _end(lines: Sequence[Line], first: int) -> int:
    """Return where the paragraph that begins at a line ends: the line after it where it is not a narrow one."""
    begin = _BEGIN.match(lines[first].text)
    if begin is None:
        return first + 1
    column, end = len(begin["head"]), first + 1
    while end < min(len(lines), first + _LONGEST):
        rest = _REST.match(lines[end].text)
        if rest is None or len(rest["indent"]) != column:
            break
        end += 1
    texts = [line.text.rstrip() for line in lines[first:end]]
    # A word that is longer than the console stands alone.
    width = max((len(text) for text in texts if " " in text.strip(" │")), default=0)
    # A break that nothing forced is not one of a console: the next word would have fitted.
    forced = all(len(above) + 1 + len(below.strip(" │").partition(" ")[0]) > width for above, below in pairwise(texts))
    return end if width <= _NARROW and forced else first + 1
