"""The newest bytes of a log -> what every parser makes of them, and whose word counts."""

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


def reading(newest: bytes) -> Progress | None:
    """The outermost tool that is still at it tells how far; the newest line of the innermost tells the step."""
    lines = shown(newest[-NEWEST:])
    found = sorted(_asked(lines), key=lambda answer: (-answer[0], -answer[1].line))
    if not found:
        return None
    newest_line = max(each.line for _, each in found)
    working = [each for _, each in found if not _is_over(each, newest_line)] or [each for _, each in found]
    outer = next((each for each in working if each.total), working[0])
    inner = max(working, key=lambda each: each.line)
    step = outer.step if inner is outer or not inner.step else " > ".join(filter(None, (outer.step, inner.step)))
    return replace(outer, step=step[:_STEP])


def shown(raw: bytes) -> list[str]:
    """Cut into lines, each overwriting of a bar being one, as a person would have seen them."""
    pieces = _BREAK.split(raw)
    return [_ESCAPE.sub("", piece[:_LONG].decode("utf-8", "replace")) for piece in pieces if piece.strip()]


def _asked(lines: Sequence[str]) -> list[tuple[int, Progress]]:
    answers: list[tuple[int, Progress]] = []
    for name, exported in every(progress, "PARSER").items():
        parser = cast("Parser", exported)
        answer = parser.read(lines)
        if answer is not None:
            answers.append((parser.rank, replace(answer, tool=name)))
    return answers


def _is_over(each: Progress, newest_line: int) -> bool:
    """A finished tool with somebody else's lines after it has left the stage."""
    return each.total > 0 and each.done >= each.total and each.line < newest_line
