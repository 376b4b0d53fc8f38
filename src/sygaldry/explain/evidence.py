"""The lines that fill what a short answer leaves of its budget: what continues the cause, other errors, the step's end."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final

from sygaldry.diagnosis import Line, Window
from sygaldry.explain.context import Context
from sygaldry.explain.rank import Candidate
from sygaldry.explain.scan import Scan
from sygaldry.explain.text import clean, shorten, template

_BELOW: Final = 14
_ABOVE: Final = 4
_ERRORS: Final = 24
_END: Final = 14
_MOST: Final = 40
_LEAST_SCORE: Final = 20


def more_evidence(
    taken: Iterable[Line], window: Window, order: Sequence[Candidate], scanned: Scan, context: Context
) -> tuple[Line, ...]:
    """Interleave the three kinds, best first, without lines that are in the answer already."""
    used = {line.number for line in taken}
    shapes = {template(line.text) for line in taken}
    parts = (
        list(_continuation(window, used, context)),
        [each.match.hit.line for each in order[:_ERRORS] if each.score >= _LEAST_SCORE],
        _last_lines(scanned, context),
    )
    lines: list[Line] = []
    for line in _interleaved(parts):
        shape = template(line.text)
        if line.number in used or shape in shapes:
            continue
        used.add(line.number)
        shapes.add(shape)
        lines.append(line._replace(text=shorten(line.text)))
    return tuple(lines[:_MOST])


def _interleaved(parts: Sequence[Sequence[Line]]) -> Iterator[Line]:
    chunks = [[part[at : at + 2] for at in range(0, len(part), 2)] for part in parts]
    for turn in zip_longest(*chunks, fillvalue=()):
        for chunk in turn:
            yield from chunk


def _continuation(window: Window, used: set[int], context: Context) -> Iterator[Line]:
    last = max((number for number in used), default=0)
    below = [line for line in window.lines[window.index + 1 : window.index + 1 + _BELOW] if line.number > last]
    above = window.lines[max(window.index - _ABOVE, 0) : window.index]
    for line in (*below, *reversed(above)):
        if line.text.strip(" -=*_#|") and line.number not in context.masked:
            yield line


def _last_lines(scanned: Scan, context: Context) -> list[Line]:
    """The last lines of the failed step, latest first."""
    end = context.steps.end or scanned.lines
    lines: list[Line] = []
    for raw in reversed(scanned.tail):
        if raw.number > end or raw.number in context.masked:
            continue
        text = clean(raw.raw)
        if text.strip(" -=*_#|"):
            lines.append(Line(raw.number, raw.offset, text))
        if len(lines) == _END:
            break
    return lines
