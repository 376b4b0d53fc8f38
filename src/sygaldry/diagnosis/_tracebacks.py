"""Python tracebacks that were chained: which exception was raised first, and which replaced it."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.model.lazy_pattern import lazy_pattern

FRAME: Final = lazy_pattern(r'^[\s|]*File "(?P<file>[^"]{1,300})", line (?P<line>\d+)(?:, in (?P<name>.{1,80}))?')
EXCEPTION: Final = lazy_pattern(
    r"^[\s|+]*(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning|Timeout|Fault|Failure|Refused|NotFound|DoesNotExist|Iteration)\b(?:: (?!\s*File \")|:?$)"
)
# Modules in C name their exceptions in lower case: struct.error, zlib.error, cv2.error, socket.timeout.
SMALL_NAME: Final = r"(?<=\.)(?:error|timeout|gaierror|herror)"
_CHAINED: Final = ("During handling of the above exception", "The above exception was the direct cause")
_ANY: Final = lazy_pattern(rf"^(?:[a-z_]\w*\.)*(?:[A-Z]\w+|{SMALL_NAME})(?:: .*)?$")
_NAMED: Final = lazy_pattern(rf"^[\s|│+]*(?:[A-Za-z_]\w*\.)*(?:[A-Z]\w+|{SMALL_NAME})(?:: .*|:)?$")
_HEAD: Final = "Traceback (most recent call last)"
_MESSAGE: Final = 14  # lines of a message, and the empty ones below it
_DIRECT: Final = "direct cause"
_MARKER: Final = lazy_pattern(
    r"^(?:[\w.]+\.)?(?:SimplifiedTraceback|UnfilteredStackTrace|JaxStackTraceBeforeTransformation)\b"
)
_MOST: Final = 12  # exceptions of one chain
# Of exceptions that were being handled when another was raised: a lookup that fails is often expected.
_LOOKUP: Final = lazy_pattern(
    r"^[\s|+]*(?:[\w.]+\.)?(?:Key|Attribute|Index|Lookup|Queue|Value|Type|Name)Error\b|^[\s|+]*(?:StopIteration|Empty)\b"
    r"|^[\s|+]*OSError: \[Errno 18\]"  # a move across file systems, which copies instead
)


def chain(lines: Sequence[Line], index: int) -> list[tuple[int, int]]:
    """The tracebacks that led here, newest first: where each starts and where its exception stands."""
    found: list[tuple[int, int]] = []
    earlier: int | None = index
    while earlier is not None and len(found) < _MOST:
        start = _traceback_start(lines, earlier)
        if start is None:
            if found:  # the head of the first traceback is not in the log
                found.append((earlier, earlier))
            break
        found.append((start, earlier))
        earlier = _exception_above(lines, start)
        if earlier is not None and is_marker(lines[earlier].text):
            break
    return found


def newest(lines: Sequence[Line], index: int) -> int:
    """Return where the exception stands that replaced the one at `index` last; `index` if none did."""
    for _ in range(_MOST):
        below = _exception_below(lines, index)
        if below is None:
            return index
        index = below
    return index


def _exception_below(lines: Sequence[Line], index: int) -> int | None:
    """Find the exception that is chained to the one at `index`, in a traceback below it."""
    near = range(index + 1, min(index + _MESSAGE, len(lines)))
    marker = next((at for at in near if any(word in lines[at].text for word in _CHAINED)), None)
    if marker is None or any("Traceback (most" in line.text for line in lines[index + 1 : marker]):
        return None
    head = next((at for at in range(marker + 1, min(marker + 4, len(lines))) if _HEAD in lines[at].text), None)
    if head is None:
        return None
    margin = _margin(lines[head].text)
    below = range(head + 1, min(head + 160, len(lines)))
    found = next((at for at in below if _margin(lines[at].text) <= margin and lines[at].text.strip(" |│")), None)
    return found if found is not None and _NAMED.match(lines[found].text) else None


def _margin(text: str) -> int:
    return len(text) - len(text.lstrip(" |│+"))


def is_marker(text: str) -> bool:
    """Return whether an "exception" only tells that a library left frames out."""
    return bool(_MARKER.match(text))


def first_raised(lines: Sequence[Line], index: int) -> Line | None:
    """Return the exception that led to the one at `index`; None if there is none, or if it was a failed lookup."""
    tracebacks = chain(lines, index)
    if len(tracebacks) < 2:
        return None
    (start, _), (_, first) = tracebacks[-2:]
    is_direct = any(_DIRECT in line.text for line in lines[first:start])
    return lines[first] if is_direct or not _LOOKUP.match(lines[first].text) else None


def _exception_above(lines: Sequence[Line], start: int) -> int | None:
    """Find the exception that the traceback at `start` was chained to."""
    above = start - 1
    while above >= 0 and start - above < 5 and not lines[above].text.strip():
        above -= 1
    if above < 0 or not any(word in lines[above].text for word in _CHAINED):
        return None
    candidates = range(above - 1, max(above - 40, -1), -1)
    return next((at for at in candidates if EXCEPTION.match(lines[at].text) or _ANY.match(lines[at].text)), None)


def _traceback_start(lines: Sequence[Line], index: int) -> int | None:
    for at in range(index - 1, max(index - 160, -1), -1):
        if _HEAD in lines[at].text:
            return at
        if at < index - 1 and EXCEPTION.match(lines[at].text) and not FRAME.match(lines[at].text):
            return None
    return None
