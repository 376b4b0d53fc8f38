"""More about a failed log for those with tokens to spare: around the cause, its headings, its end."""

from collections.abc import Iterator, Sequence
from typing import Final

from sygaldry.diagnosis import Cause, Line, Source
from sygaldry.explain.chunks import chunks
from sygaldry.explain.context_window import window_around
from sygaldry.explain.format_answer import answer, count_tokens
from sygaldry.explain.location import heading
from sygaldry.explain.scan import Raw, lines_between
from sygaldry.explain.text import clean

_AROUND: Final = 12
_END: Final = 128 << 10
_LONG: Final = 160
_TITLES: Final = 15  # tokens of the titles of the three parts


def outline(source: Source, cause: Cause, tokens: int) -> tuple[str, ...]:
    """Spend what the short answer left: a third around the cause, a sixth on headings, the rest on the end."""
    room = tokens - count_tokens("\n".join(answer(cause, tokens))) - _TITLES
    around = _within(_around(source, cause), room // 3)
    tail = _tail(source)
    headings = _within(_headings(tail), room // 6)
    left = room - count_tokens("\n".join((*around, *headings)))
    end = tuple(reversed(_within((_format_line(line) for line in reversed(tail)), left)))
    parts = (("around it:", around), ("steps:", headings), ("the end:", end))
    return tuple(line for title, lines in parts if lines for line in (title, *lines))


def _around(source: Source, cause: Cause) -> Iterator[str]:
    if cause.lines:
        window = window_around(source, cause.lines[0])
        yield from map(_format_line, window.lines[max(window.index - _AROUND, 0) : window.index + _AROUND + 1])


def _headings(lines: Sequence[Line]) -> list[str]:
    return [_format_line(line) for line in lines if heading(line.text)][-24:]


def _tail(source: Source) -> list[Line]:
    begin = max(source.size - _END, 0)
    before = sum(chunk.count(b"\n") for _, chunk in chunks(source, 0, begin))
    lines: list[Raw] = lines_between(source, begin, source.size, before + 1)
    return [Line(raw.number, raw.offset, clean(raw.raw)) for raw in lines[1 if begin else 0 :]]


def _format_line(line: Line) -> str:
    return f"{line.number}: {line.text[:_LONG]}"


def _within(lines: Iterator[str] | list[str], room: int) -> tuple[str, ...]:
    shown: list[str] = []
    for line in lines:
        room -= count_tokens(line) + 1
        if room < 0:
            break
        shown.append(line)
    return tuple(shown)
