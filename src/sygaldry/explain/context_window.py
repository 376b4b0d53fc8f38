"""The lines around one line of a log, read from the source only when a family asks for them."""

from typing import Final

from sygaldry.diagnosis import Line, Source, Window
from sygaldry.explain.scan import lines_between
from sygaldry.explain.text import clean

_BEFORE: Final = 24 << 10
_AFTER: Final = 32 << 10
_MOST: Final = 220  # lines on either side


def window_around(source: Source, line: Line) -> Window:
    """Read what stands before and after a line."""
    begin = max(line.offset - _BEFORE, 0)
    before = source.read(begin, line.offset - begin)
    if begin:
        cut = before.find(b"\n") + 1
        begin, before = begin + cut, before[cut:]
    number = line.number - before.count(b"\n")
    above = lines_between(source, begin, line.offset, number)[-_MOST:]
    below = lines_between(source, line.offset, min(line.offset + _AFTER, source.size), line.number)[: _MOST + 1]
    lines = [Line(raw.number, raw.offset, clean(raw.raw)) for raw in (*above, *below)]
    return Window(lines, len(above))
