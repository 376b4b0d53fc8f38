"""What a Python interpreter prints about errors that it ignores: they change no exit code, so they are no cause.

https://docs.python.org/3/library/sys.html#sys.unraisablehook

Standard output is the exception: an interpreter that cannot flush it exits with 120.
"""

from collections.abc import Sequence
from typing import Final

from sygaldry.explain.survived.tracebacks import TailTracebacks

_IGNORED: Final = "Exception ignored "
_LOGGING: Final = "--- Logging error ---"
_BELOW: Final = ("Call stack:", "Message: ", "Arguments: ", "  ")
_OUTPUT: Final = "<_io.TextIOWrapper name='<std"
_ABOVE: Final = 2  # lines from the report to its traceback


def ignored_reports(tail: TailTracebacks) -> Sequence[range]:
    """Return the line numbers of each report, from its first line to its last."""
    lines = tail.lines
    found: list[range] = []
    for each in tail.found:
        first = lines[0][0]
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
