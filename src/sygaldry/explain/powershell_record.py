"""PowerShell's record of the first line of a native program's standard error stands in the middle of the message.

https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_redirection

The record is removed: its lines become empty, so that every line keeps its number and its offset. The name of the
program before the message is removed too.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from sygaldry.model.lazy_pattern import lazy_pattern

# `At line:1 char:1`, in the language of the console; the command follows, after a plus sign.
_PLACE: Final = lazy_pattern(rb"^\S.{1,200}: ?\d{1,6} .{0,24}: ?\d{1,6}\s*$")
_COMMAND: Final = b"+ "
_IDENTIFIER: Final = lazy_pattern(rb"^\s{0,8}\+ FullyQ")
_PROGRAM: Final = lazy_pattern(rb"^[\w.+@-]{1,60} : (?=\S)")
_LONGEST: Final = 40  # lines of a record in a narrow console


def without_records(lines: Sequence[bytes]) -> list[bytes]:
    """Return the lines of a log without PowerShell's records; a line that is removed is filled with blanks."""
    kept = list(lines)
    for at, (line, below) in enumerate(pairwise(lines)):
        if not below.startswith(_COMMAND) or not _PLACE.match(line):
            continue
        end = _end(lines, at)
        if end is None:
            continue
        for number in range(at, end):
            kept[number] = b" " * len(lines[number])
        _strip_program(kept, at - 1)
    return kept


def _end(lines: Sequence[bytes], begin: int) -> int | None:
    """Return where the record ends: after its identifier, which may go on in indented lines; None if it is none."""
    last = min(begin + _LONGEST, len(lines))
    end = next((at + 1 for at in range(begin + 1, last) if _IDENTIFIER.match(lines[at])), None)
    while end is not None and end < last and lines[end].startswith(b"   ") and lines[end].strip():
        end += 1
    return end


def _strip_program(lines: list[bytes], at: int) -> None:
    while at >= 0 and not lines[at].strip():
        at -= 1
    if at >= 0:
        text = _PROGRAM.sub(b"", lines[at], count=1)
        lines[at] = text.rstrip(b"\r\n").ljust(len(lines[at]))
