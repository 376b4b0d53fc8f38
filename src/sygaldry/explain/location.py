"""Where in a job a line stands: the nearest heading above it that a tool printed for a part of its work."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Line, Source
from sygaldry.explain.text import clean
from sygaldry.model.lazy_pattern import lazy_pattern

_LOOKED: Final = 96 << 10
_SHOWN: Final = 100
_NAME: Final = lazy_pattern(r"[A-Za-z]{2}")
_LOG_LEVELS: Final = frozenset({"info", "warn", "warning", "error", "debug", "notice", "trace", "fatal"})

# One alternative a tool; each starts with a literal. The named group is what a person would call the part.
_HEADINGS: Final = tuple(
    lazy_pattern(pattern)
    for pattern in (
        r"^==> (?:Installing|Building|No binary for) (?P<part>.{1,90}?)(?:-\w{32})?(?: \[| found: |$)",  # Spack
        r"^make(?:\[\d+\])?: Entering directory [`'](?P<part>[^']{1,200})'",
        r"^(?:Step \d+/\d+ : |STEP \d+/\d+: |#\d+ \[[^\]]{1,60}\] )(?P<part>.{1,120})",  # docker build
        r"^(?:\$|\+{1,3}|%) (?P<part>\S.{0,120})",  # a shell's echo
        r"^##\[group\](?:Run )?(?P<part>.{1,120})",
        r"^travis_fold:start:(?P<part>[\w.-]{1,60})",
        r"^section_start:\d+:(?P<part>[\w.-]{1,60})",
        r"^\[\s{0,2}\d+%\] (?P<part>(?:Building|Linking|Generating) .{1,120})",
        r"^\[\d+/\d+\] (?P<part>.{1,120})",  # ninja
        r"^\s{1,6}Start\s{1,6}\d{1,6}: (?P<part>.{1,200})",  # CTest
        r"^(?:>{2,12}|={2,12}|-{3,12}|\*{2,12}|#{2,12}) ?(?P<part>[A-Za-z][\w .,:/()-]{2,60})(?: ?(?:>|=|-|\*|#){2,40})?$",
        r"^\[(?P<part>[A-Za-z][\w -]{1,30})\] ",
        r"^(?:Running|Building|Compiling|Installing|Testing|Stage|Step|Phase) (?P<part>\S.{1,80})",
        r"^(?:=== RUN|> Task|Running) +(?P<part>\S{1,120})",
    )
)

_VERTEX: Final = lazy_pattern(r"^#(?P<number>\d{1,5}) (?P<passed>DONE \d|CACHED)?")  # BuildKit


# Parts of a job that are jobs of their own: always worth naming.
_PARTS: Final = tuple(
    lazy_pattern(pattern)
    for pattern in (
        r"^==> (?:Installing|No binary for) (?P<part>.{1,90}?)(?:-\w{32})?(?: \[| found: |$)",  # Spack
        r"^(?:Step \d+/\d+ : |STEP \d+/\d+: |#\d+ \[[^\]]{1,60}\] )(?P<part>.{1,120})",  # docker build
        r"^ ?> \[[^\]]{1,60}\] (?P<part>.{1,120}):$",  # BuildKit on a terminal
        r"^\s*Building wheels? for collected packages: (?P<part>.{1,80})",
    )
)


def part(source: Source, line: Line) -> str:
    """Name the package or build step that a line belongs to, or nothing."""
    return _nearest(source, line, _PARTS)


def place(source: Source, line: Line) -> str:
    """Name the part of the job that a line belongs to, or nothing."""
    return _nearest(source, line, _HEADINGS)


def _nearest(source: Source, line: Line, shapes: Sequence[re.Pattern[str]]) -> str:
    begin, passed = max(line.offset - _LOOKED, 0), set[str]()
    for raw in reversed(source.read(begin, line.offset - begin).splitlines()[-1500:]):
        text = clean(raw)
        vertex = _VERTEX.match(text)
        if vertex and vertex["passed"]:
            passed.add(vertex["number"])
        elif (not vertex or vertex["number"] not in passed) and (named := _named(text, shapes)):
            return named
    return ""


def _named(text: str, shapes: Sequence[re.Pattern[str]]) -> str:
    found = next((match for shape in shapes if (match := shape.match(text[:240]))), None)
    named = found["part"].strip()[:_SHOWN] if found else ""
    return named if _NAME.search(named) and named.lower() not in _LOG_LEVELS else ""


def heading(text: str) -> str:
    """Return what a heading is about, or nothing if the line is none."""
    return _named(text, _HEADINGS)
