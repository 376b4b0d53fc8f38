"""A program that ends itself with a message of its own, below tracebacks that it printed and survived.

An exception that nobody catches ends the program: a program that prints `NAME: error: …` after a traceback has caught it.
A message directly below a traceback reports that one.
"""

from collections.abc import Sequence
from typing import Final

from sygaldry.explain.survived.tracebacks import TailTracebacks
from sygaldry.model.lazy_pattern import lazy_pattern

_OWN: Final = lazy_pattern(r"^(?P<name>[\w.-]{1,60}): (?:fatal )?error: .{4,}")  # as argparse and many others print it
_FRAME: Final = lazy_pattern(r'^  File "(?P<file>[^"]{1,300})", line \d')
_BELOW: Final = 8  # lines from such a message to the end of the log


def caught_before_exit(tail: TailTracebacks) -> Sequence[range]:
    """Return the line numbers of the tracebacks of a program that ended itself afterwards."""
    lines, found = tail
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
    known = {file.rpartition("/")[2].removesuffix(".py") for file in files}
    survived = [range(each.first, each.last + 1) for each in found if own[0] > each.last + 1]
    return survived if names & known else ()
