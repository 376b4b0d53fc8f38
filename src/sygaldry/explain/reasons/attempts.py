"""What a program printed at each attempt, above the message that it gives up after several of them."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.explain.text import template

_GIVES_UP: Final = re.compile(
    r"(?i)\b(?:gave|giving|given) up\b|\btoo many (?:\w+ ){0,2}(?:retries|attempts|restarts)|\b(?:retries|attempts) (?:exhausted|exceeded)|\b(?:max(?:imum)?|all) (?:\w+ ){0,3}(?:retries|attempts)\b"
    r"|\bafter \d{1,4} (?:attempts|retries|tries|restarts)\b|\brepeated too quickly\b"
)
_ATTEMPT: Final = re.compile(
    r"(?i)\b(?:attempt|try|retry) #?\d{1,4}\b.{0,40}?(?:[:;-] ?)(?P<reason>(?!.{0,12}\b(?:failed|ok)\W*$)\S.{5,300})$"
)
_PROGRESS: Final = re.compile(
    r"(?i)\b(?:spawn\w*|start(?:ing|ed)?|restart\w*|wait\w*|retry\w*|sleep\w*|exit(?:ed|ing)|attempt|connecting|trying|scheduled|heartbeat|info|debug)\b"
)
_HAS_REASON: Final = re.compile(r"Caused by|exceeded with url")  # of urllib3
_TIME: Final = re.compile(r"^[\d\s:,.TZ/-]{8,40}")
_ABOVE: Final = 24
_TIMES: Final = 2
_LETTERS: Final = 20


def reason_of_attempts(lines: Sequence[Line], index: int) -> Line | None:
    """Return the line above that has the reason of the attempts, if the line at `index` says that a program gives up."""
    text = lines[index].text[:400]
    if not _GIVES_UP.search(text) or _HAS_REASON.search(text):
        return None
    above = lines[max(index - _ABOVE, 0) : index]
    told = next((line for line in reversed(above) if _ATTEMPT.search(line.text[:400])), None)
    if told is not None:
        return told
    counts = Counter(_shape(line) for line in above)
    return next((line for line in reversed(above) if _is_reason(line) and counts[_shape(line)] >= _TIMES), None)


def _shape(line: Line) -> int:
    return template(_TIME.sub("", line.text))


def _is_reason(line: Line) -> bool:
    own = not line.text.startswith((" ", "\t", "File ", "Traceback"))
    return own and sum(map(str.isalpha, line.text)) > _LETTERS and not _PROGRESS.search(line.text)
