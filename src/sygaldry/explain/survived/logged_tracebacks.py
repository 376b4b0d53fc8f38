"""Tracebacks that a program logged before it went on and ended for a reason of its own, which it logged last.

The last record of a program often only reports what a traceback above it tells. It has a reason of its own if it is a
critical one, or if the same traceback was logged more than once: an error that a program meets again is one it survives.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sygaldry.explain.survived.tracebacks import TailTracebacks, Traceback, follows
from sygaldry.explain.text import template
from sygaldry.model.lazy_pattern import lazy_pattern

_LOOKED: Final = 200  # characters of a record
_RECORD: Final = lazy_pattern(
    r"^.{0,80}?(?<![\w.-])(?:ERROR|CRITICAL|EXCEPTION|WARNING|WARN)(?=[\s\]|):,-])|^(?:Task|Future) exception was never retrieved"
)
_LAST: Final = lazy_pattern(
    r"^.{0,80}?(?<![\w.-])(?P<level>ERROR|CRITICAL|FATAL)(?=[\s\]|):,-])[\s\]|):,-]+(?P<message>.{8,})"
)
_ABOVE: Final = 2  # lines from a record to its traceback: asyncio prints the task between them
_BELOW: Final = 12  # lines below the last record: what ends a program
_REPEATED: Final = 2


def logged_tracebacks(tail: TailTracebacks) -> Sequence[range]:
    """Return the line numbers of each traceback that the program logged and survived."""
    lines, found = tail
    records = [_record(each, lines) for each in found]
    if not found or not all(records):
        return ()
    shapes = Counter(template(each.exception) for each in found)
    level = _last_level([(number, text) for number, text in lines if number > found[-1].last])
    if level in {"CRITICAL", "FATAL"} or (level and shapes.most_common(1)[0][1] >= _REPEATED):
        return [range(record, each.last + 1) for record, each in zip(records, found, strict=True)]
    return ()


def _record(each: Traceback, lines: Sequence[tuple[int, str]]) -> int:
    """Return the number of the record that a traceback is part of, or 0."""
    begin = each.first - lines[0][0]
    above = reversed(lines[max(begin - _ABOVE, 0) : begin])
    return next((number for number, text in above if _RECORD.match(text[:_LOOKED])), 0)


def _last_level(below: Sequence[tuple[int, str]]) -> str:
    """Return the level of the last record if it has a reason of its own, or nothing."""
    for _, text in reversed(below[-_BELOW:]):
        record = _LAST.match(text)
        if record is not None:
            return "" if follows(record["message"]) else record["level"]
    return ""
