"""Tracebacks after which a program went on: an optional import, a failed attempt, an error that it only logged.

The program printed more and then ended with a traceback of its own, which is not chained to the first one. What an
interpreter reports while it ends (`Exception ignored in`, functions of atexit) follows from the error above it.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sygaldry.diagnosis._tracebacks import SMALL_NAME
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.explain.scan import Raw
from sygaldry.explain.text import clean
from sygaldry.model.lazy_pattern import lazy_pattern

_HEAD: Final = "Traceback (most recent call last)"
_CHAINED: Final = ("During handling of the above exception", "The above exception was the direct cause")
# Errors of a program whose other thread, process or connection is gone: what ended that stands above.
_CONSEQUENCE: Final = lazy_pattern(
    r"^(?:[\w.]{1,80}\.)?(?:BrokenPipeError|ConnectionResetError|EOFError|KeyboardInterrupt|ChildFailedError|CalledProcessError|Empty"
    r"|CancelledError|SystemExit|\w*Timeout\w*|BrokenProcessPool|ProcessRaisedException|\w*Worker\w*Error|Ray\w*Error|\w*Actor\w*Error)\b"
    r"|\b(?i:initialization failed|failed to boot|see (?:the )?(?:\w+ ){0,4}above|exited|terminated|died)\b"
    r"|\b(?i:failed|failure|unsuccessful|(?:errors?|exceptions?) occurred)\W{0,3}$"
    r"|HTTPError: (?:HTTP Error )?50\d\b|\b50\d (?:Internal )?Server Error\b"
    r"|: (?i:failed to (?:run|train|start|execute|complete|finish|load|build|initiali[sz]e))\b"
    r"|\b(?i:(?:failed|unable) to (?:boot|start|run|complete|finish)\W{0,3}$|shutting down\b|giving up\b|(?:did not|didn't) (?:finish|complete|succeed)\W{0,3}$)"
)
_EXCEPTION: Final = lazy_pattern(
    rf"(?:[a-z_]\w{{0,60}}\.){{0,8}}(?:[A-Z]\w{{1,80}}|{SMALL_NAME})(?:\(\w{{1,80}}\))?(?::|$)"
)
_LONGEST: Final = 200  # lines of a traceback
_NEAR_END: Final = 60  # lines from the last traceback to the end of the log


_IGNORED: Final = ("Exception ignored ", "Error in atexit.", "--- Logging error ---")


class Traceback(NamedTuple):
    """Where a traceback begins and ends, and its exception."""

    first: int
    last: int  # the line of its exception
    exception: str
    root: str  # the first exception of the chain
    is_ignored: bool  # by the interpreter, which printed it


class TailTracebacks(NamedTuple):
    """The last lines of a log, cleaned and with their numbers, and their tracebacks; no lines where there is none."""

    lines: Sequence[tuple[int, str]]
    found: Sequence[Traceback]


def tail_tracebacks(tail: Sequence[Raw]) -> TailTracebacks:
    """Read the tracebacks in the last lines of a log; none where lines have labels of ranks."""
    if not any(_HEAD.encode() in raw.raw for raw in tail):
        return TailTracebacks((), ())
    lines = [(raw.number, clean(raw.raw)) for raw in tail]
    return TailTracebacks(lines, _read(lines))


def survived_tracebacks(tail: TailTracebacks) -> Sequence[range]:
    """Return the line numbers of each traceback that the program survived."""
    survived = [each for each in tail.found if each.is_ignored]
    own = [each for each in tail.found if not each.is_ignored]
    if own and tail.lines[-1][0] - own[-1].last <= _NEAR_END and not _only_follows(own[-1]):
        survived += [each for each in own if each.exception != own[-1].exception]
    return [range(each.first, each.last + 1) for each in survived] if own else ()


def _only_follows(last: Traceback) -> bool:
    return follows(last.exception) or follows(last.root)


def follows(exception: str) -> bool:
    """Return whether a message only follows from an error above it."""
    return is_wrapper(exception) or bool(_CONSEQUENCE.search(exception))


def _read(lines: Sequence[tuple[int, str]]) -> list[Traceback]:
    """Read the tracebacks that start at the margin; those that are chained to one another are one."""
    found: list[Traceback] = []
    at = 0
    while at < len(lines):
        if not lines[at][1].startswith(_HEAD):
            at += 1
            continue
        end = _exception(lines, at + 1)
        if end is None:
            break
        above = _above(lines, at)
        previous = found.pop() if found and _continues(above) else None
        first = previous.first if previous else lines[at][0]
        is_ignored = previous.is_ignored if previous else above.startswith(_IGNORED)
        root = previous.root if previous else lines[end][1]
        found.append(Traceback(first, *lines[end], root, is_ignored))
        at = end + 1
    return found


def _exception(lines: Sequence[tuple[int, str]], at: int) -> int | None:
    """Find the exception below the frames; what another stream printed may stand between them."""
    return next(
        (index for index in range(at, min(at + _LONGEST, len(lines))) if _EXCEPTION.match(lines[index][1])), None
    )


def _above(lines: Sequence[tuple[int, str]], head: int) -> str:
    return next((text for _, text in reversed(lines[max(head - 4, 0) : head]) if text.strip('" ')), "")


def _continues(above: str) -> bool:
    """Return whether the line above a traceback announces it, or is not there: the program printed nothing of its own."""
    return not above or above.startswith((*_CHAINED, "Exception in thread", "Process ", "-- Process"))
