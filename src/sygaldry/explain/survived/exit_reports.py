"""What a Python interpreter prints about errors that it ignores: they change no exit code, so they are no cause.

https://docs.python.org/3/library/sys.html#sys.unraisablehook

Standard output is the exception: an interpreter that cannot flush it exits with 120.
"""

from collections.abc import Sequence
from typing import Final

from sygaldry.explain.scan import Raw
from sygaldry.explain.survived.tracebacks import read_tracebacks
from sygaldry.explain.text import clean

_IGNORED: Final = "Exception ignored "
_LOGGING: Final = "--- Logging error ---"
_BELOW: Final = ("Call stack:", "Message: ", "Arguments: ", "  ")
_OUTPUT: Final = "<_io.TextIOWrapper name='<std"
_ABOVE: Final = 2  # lines from the report to its traceback


def ignored_reports(tail: Sequence[Raw]) -> Sequence[range]:
    """Return the line numbers of each report, from its first line to its last."""
    if not any(_IGNORED.encode() in raw.raw or _LOGGING.encode() in raw.raw for raw in tail):
        return ()
    lines = [(raw.number, clean(raw.raw)) for raw in tail]
    first = lines[0][0]
    found: list[range] = []
    for each in read_tracebacks(lines):
        above = lines[max(each.first - first - _ABOVE, 0) : each.first - first]
        head = next((number for number, text in reversed(above) if _is_report(text)), 0)
        if head:
            found.append(range(head, _end(lines, each.last - first) + 1))
    return found


def _is_report(text: str) -> bool:
    return text.startswith(_LOGGING) or (text.startswith(_IGNORED) and _OUTPUT not in text)


def _end(lines: Sequence[tuple[int, str]], at: int) -> int:
    """Return the last line of a report: logging prints the stack and the arguments below the exception."""
    while at + 1 < len(lines) and lines[at + 1][1].startswith(_BELOW):
        at += 1
    return lines[at][0]
