"""The lines that fill what a short answer leaves of its budget: what continues the cause, other errors, the step's end."""

from collections.abc import Iterator, Sequence
from itertools import takewhile, zip_longest
from typing import Final

from sygaldry.diagnosis import Cause, Confidence, Line, Window
from sygaldry.diagnosis._false_alarms import is_false_alarm, is_negated
from sygaldry.explain.analysis import Analysis
from sygaldry.explain.context import Context, lines_up_to
from sygaldry.explain.rivals import repeats
from sygaldry.explain.text import clean, shorten, template

_BELOW: Final = 14
_ABOVE: Final = 4
_NEXT: Final = 2  # lines below a message that belong to it whatever they look like
_ERRORS: Final = 24
_END: Final = 14
_LOOKED: Final = 60  # lines among which the last ones are found
_MOST: Final = 40
_LEAST_SCORE: Final = 20
_NEARLY: Final = 25


def more_evidence(log: Analysis, cause: Cause, window: Window) -> tuple[Line, ...]:
    """Interleave the three kinds, best first, without lines that are in the answer already.

    Where the cause is sure, other lines could only mislead: what continues it, and errors nearly as likely, are enough.
    """
    sure = cause.confidence is Confidence.HIGH
    taken = (*cause.lines, *cause.also, *cause.chain)
    used = {line.number for line in taken}
    shapes = {template(line.text) for line in taken}
    order, context = log.order, log.context
    least = max(order[0].score - _NEARLY, _LEAST_SCORE) if sure and order else _LEAST_SCORE
    last = max((line.number for line in cause.lines), default=0)
    parts = (
        list(_continuation(window, last, context, sure=sure)),
        [each.match.hit.line for each in order[:_ERRORS] if each.score >= least],
        [] if sure else [line for line in _last_lines(log) if not is_false_alarm(line.text)],
    )
    lines: list[Line] = []
    for line in _interleaved(parts):
        shape = template(line.text)
        is_known = any(line.text.strip() in other.text for other in cause.lines)  # a piece of a wrapped line
        is_known = is_known or repeats(line.text, (other.text for other in cause.lines[:1]))
        if line.number < log.scanned.first or line.number in used or shape in shapes or is_known:
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


def _continuation(window: Window, last: int, context: Context, *, sure: bool) -> Iterator[Line]:
    below = [line for line in window.lines[window.index + 1 : window.index + 1 + _BELOW] if line.number > last]
    above = [] if sure else window.lines[max(window.index - _ABOVE, 0) : window.index]
    near = last + _NEXT
    if sure:  # what stands below a blank line is another message, or advice
        below = list(takewhile(lambda line: line.text.strip(), below))
    for line in (*below, *reversed(above)):
        if is_negated(line.text) or (line.number > near and is_false_alarm(line.text)):
            continue
        if context.end is not None and line.number > context.end:
            continue
        if line.text.strip(" -=*_#|") and line.number not in context.masked:
            yield line


def _last_lines(log: Analysis) -> list[Line]:
    """The last lines of the failed step, latest first."""
    end = log.context.end or log.scanned.lines
    lines: list[Line] = []
    for raw in reversed(lines_up_to(log.source, log.scanned, end, _LOOKED)):
        text = clean(raw.raw)
        if raw.number not in log.context.masked and text.strip(" -=*_#|"):
            lines.append(Line(raw.number, raw.offset, text))
        if len(lines) == _END:
            break
    return lines
