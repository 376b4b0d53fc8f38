"""A program that ends itself with a message of its own, below tracebacks that it printed and survived.

An exception that nobody catches ends the program: a program that prints `NAME: error: …` after a traceback has caught it.
"""

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

from sygaldry.explain.scan import Raw
from sygaldry.explain.survived.tracebacks import HEAD, read_tracebacks
from sygaldry.explain.text import clean

_OWN: Final = re.compile(r"^(?P<name>[\w.-]{1,60}): (?:fatal )?error: .{4,}")  # as argparse and many others print it
_FRAME: Final = re.compile(r'^  File "(?P<file>[^"]{1,300})", line \d')
_BELOW: Final = 8  # lines from such a message to the end of the log


def survived_by_own_ending(tail: Sequence[Raw]) -> Sequence[range]:
    """Return the line numbers of the tracebacks of a program that ended itself afterwards."""
    if not any(HEAD.encode() in raw.raw for raw in tail):
        return ()
    lines = [(raw.number, clean(raw.raw)) for raw in tail]
    found = read_tracebacks(lines)
    own = next(((number, name["name"]) for number, text in lines[-_BELOW:] if (name := _OWN.match(text))), None)
    if own is None or not found or own[0] < found[-1].last:
        return ()
    names = {own[1], own[1].removesuffix(".py")}
    begin = lines[0][0]
    files = (
        frame["file"]
        for each in found
        for _, text in lines[each.first - begin : each.last - begin]
        if (frame := _FRAME.match(text))
    )
    known = {PurePath(file).stem for file in files}
    return [range(each.first, each.last + 1) for each in found] if names & known else ()
