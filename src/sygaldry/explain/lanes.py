"""The output stream of a line, where several are interleaved: a job column, a rank, a pod, a BuildKit vertex."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple, cast

from sygaldry.discovery import every
from sygaldry.explain import sections
from sygaldry.explain.sections import Format

_STAMP: Final = 300  # bytes of a line that a lane is read from


class _Lanes(NamedTuple):
    in_stamp: tuple[re.Pattern[str], ...]
    after: tuple[re.Pattern[str], ...]


@cache
def formats() -> dict[str, Format]:
    """Return the formats of step markers by their names."""
    return {name: cast("Format", each) for name, each in every(sections, "FORMAT").items()}


@cache
def literals() -> tuple[tuple[bytes, str], ...]:
    """Return each literal with the name of the format that it selects."""
    return tuple((word, name) for name, each in formats().items() for word in each.literals)


@cache
def closers() -> Mapping[str, tuple[bytes, ...]]:
    """Return the words of each format that are searched for only where one of its literals was found."""
    return {name: each.closers for name, each in formats().items() if each.closers}


@cache
def _lane_patterns() -> _Lanes:
    stamp = [each.lane for each in formats().values() if each.lane and each.lane_in_stamp]
    after = [each.lane for each in formats().values() if each.lane and not each.lane_in_stamp]
    return _Lanes(tuple(map(re.compile, stamp)), tuple(map(re.compile, after)))


def lanes_of(raw: bytes, text: str) -> tuple[str, ...]:
    """Name the lanes a line belongs to, outermost first; the first is that of lines without any label."""
    patterns = _lane_patterns()
    outer = _first(patterns.in_stamp, raw[:_STAMP].decode("utf-8", "replace")) if b"\t" in raw[:_STAMP] else ""
    inner = _first(patterns.after, text)
    return (outer, f"{outer}/{inner}") if inner else (outer,)


def _first(patterns: Sequence[re.Pattern[str]], text: str) -> str:
    for pattern in patterns:
        if found := pattern.match(text):
            return next((group for group in found.groups() if group), "")
    return ""
