"""Run every parser over the newest bytes of a log and choose the outermost tool."""

import re
from collections.abc import Sequence
from typing import Final, cast

from sygaldry import progress
from sygaldry.discovery import every
from sygaldry.model.value import replace
from sygaldry.progress import NEWEST, Parser, Progress

_BREAK: Final = re.compile(rb"[\r\n]+")
_ESCAPE: Final = re.compile(r"\x1b\[[0-9;?]{0,30}[A-Za-z]|\x1b\][^\x07\x1b]{0,200}\x07?|[\x00-\x08\x0b-\x1f\x7f]")
_LONG: Final = 1200
_STEP: Final = 100


def outermost(newest: bytes) -> Progress | None:
    """Return the progress of the outermost working tool, with the step of the innermost."""
    lines = visible_lines(newest[-NEWEST:])
    found = sorted(_parse_all(lines), key=lambda answer: (-answer[0], -answer[1].line))
    if not found:
        return None
    newest_line = max(each.line for _, each in found)
    working = [each for _, each in found if not _is_finished(each, newest_line)] or [each for _, each in found]
    outer = next((each for each in working if each.total), working[0])
    inner = max(working, key=lambda each: each.line)
    step = outer.step if inner is outer or not inner.step else " > ".join(filter(None, (outer.step, inner.step)))
    return replace(outer, step=step[:_STEP])


def visible_lines(raw: bytes) -> list[str]:
    """Cut into lines without escape sequences; each redraw of a progress bar is a line."""
    pieces = _BREAK.split(raw)
    return [_ESCAPE.sub("", piece[:_LONG].decode("utf-8", "replace")) for piece in pieces if piece.strip()]


def _parse_all(lines: Sequence[str]) -> list[tuple[int, Progress]]:
    answers: list[tuple[int, Progress]] = []
    for name, exported in every(progress, "PARSER").items():
        parser = cast("Parser", exported)
        answer = parser.read(lines)
        if answer is not None:
            answers.append((parser.rank, replace(answer, tool=name)))
    return answers


def _is_finished(each: Progress, newest_line: int) -> bool:
    """Return whether a tool has finished: it is complete and another tool has printed since."""
    return each.total > 0 and each.done >= each.total and each.line < newest_line
