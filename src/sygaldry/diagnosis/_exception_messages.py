"""Messages of Python exceptions, and what continues them below."""

import re
from collections.abc import Sequence
from itertools import islice, takewhile
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.diagnosis._tracebacks import FRAME
from sygaldry.model.lazy_pattern import lazy_pattern

_BARE: Final = lazy_pattern(r"^[\s|]*[\w.]+$")
_ENDED: Final = lazy_pattern(r"[.!?)\]}'\"]$")
_OTHER: Final = lazy_pattern(r"^(?:error|warning|note|hint|cause|exit|make|nox|tox)\b")  # of another message
_VAGUE_REQUEST: Final = lazy_pattern(r"\(Request ID:(?: \S{1,120}\))?$")
# First lines that leave the reason to the lines below an empty one.
_VAGUE: Final = lazy_pattern(
    r": (?i:an? (?:\w+ )?(?:error|exception) (?:occurred|happened|was raised)\b.{0,80}|something went wrong.{0,40}|couldn't cast|\d{1,4} validation errors? for \S{1,80})$"
    r"|^[\s|]*(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Exit):$"  # its message begins with an empty line
    rf"|{_VAGUE_REQUEST.pattern}"
)
_ANNOUNCES: Final = lazy_pattern(r"(?i)\b(?:the )?following (?:error|exception|reason|problem)s?\b.{0,60}:$")
_USAGE: Final = lazy_pattern(r"^\s*(?i:usage): ")
_USAGE_ERROR: Final = lazy_pattern(r"^\s*(?:E\s+)?(?:[\w./-]{1,60}: )?(?i:error|fatal): ")
_REQUEST_ID: Final = lazy_pattern(r"^Root=[\w;-]{20,120}\)$")  # of the hub, on a narrow console
_CHAINED: Final = lazy_pattern(r"^(?:During handling of|The above exception)")
_WORDS: Final = lazy_pattern(r"\s*[\w'\"(\[{]")  # no ruler of another program
_BELOW: Final = 14  # lines in which the reason is found
_PARAGRAPH: Final = 2  # lines of it
_REASON: Final = lazy_pattern(r"^(?:because|since|due to|reason:)\b", re.IGNORECASE)


def is_bare(text: str) -> bool:
    """Return whether an exception has no message."""
    return bool(_BARE.match(text))


def without_request(text: str) -> str:
    """Return an exception without the number of a request, of which nobody can tell the reason."""
    return _VAGUE_REQUEST.sub("", text.strip()).rstrip(": ")


def reason_of_vague(lines: Sequence[Line], index: int) -> list[Line]:
    """Return the lines that say why, below a message that does not; none where it does."""
    return _reason(lines[index + 1 : index + 1 + _BELOW]) if _VAGUE.search(lines[index].text.rstrip()) else []


def in_one_line(lines: Sequence[Line]) -> str:
    """Return the first line, with those that are indented below it."""
    below = takewhile(lambda line: line.text[:1].isspace(), lines[1:])
    return " ".join(line.text.strip() for line in (*lines[:1], *below))


def rest_of_message(lines: Sequence[Line], index: int) -> list[Line]:
    """Return what continues a message: it announces lines, breaks off within a sentence, or says nothing by itself."""
    text = lines[index].text.rstrip()
    if _VAGUE.search(text):
        return reason_of_vague(lines, index)
    if text.endswith((":", "(", "[", ",")):
        return _announced([line for line in lines[index + 1 : index + 9] if any(map(str.isalnum, line.text))])
    if is_bare(text) or _ENDED.search(text):
        return []
    return list(takewhile(lambda line: _is_next(line.text, text), lines[index + 1 : index + 4]))


def _announced(below: Sequence[Line]) -> list[Line]:
    """Two lines; more where one of them announces another error in its turn. Of a usage, its error."""
    error = next((line for line in below if _USAGE_ERROR.search(line.text)), None)
    if error is not None and not _USAGE_ERROR.search(below[0].text):
        return [error] if _USAGE.match(below[0].text) else [below[0], error]
    heads = len(list(takewhile(lambda line: line.text.rstrip().endswith(":"), below)))
    return list(below[: max(heads + 1, 2)])


def announced_error(text: str, below: Sequence[Line]) -> str:
    """Return the error that a message only announces ("because of the following error:"), or nothing."""
    if below and text.rstrip().endswith(":") and _USAGE_ERROR.search(below[-1].text):
        return f"{text.strip()} {below[-1].text.strip()}"
    if not _ANNOUNCES.search(text.rstrip()):
        return ""
    return next((line.text.strip() for line in below if not line.text.rstrip().endswith(":")), "")


def _is_next(text: str, above: str) -> bool:
    """Return whether a line goes on with the message above: indented more, or in the middle of a sentence."""
    plain = text.lstrip(" \t")
    more = len(text) - len(plain) - (len(above) - len(above.lstrip(" \t")))
    is_middle = more == 0 and plain[:1].islower() and not _OTHER.match(plain)
    return (more > 0 or is_middle) and bool(plain) and not FRAME.match(text)


def _reason(below: Sequence[Line]) -> list[Line]:
    """The line that begins with "because", or else the first paragraph below."""
    own = list(takewhile(lambda line: not (_CHAINED.match(line.text) or FRAME.match(line.text)), below))
    because = next((line for line in own if _REASON.match(line.text)), None)
    if because is not None:
        return [because]
    text = (line for line in own if line.text.strip() and not _REQUEST_ID.match(line.text))
    return list(islice(takewhile(lambda line: _WORDS.match(line.text), text), _PARAGRAPH))
