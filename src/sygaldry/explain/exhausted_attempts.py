"""A program that gave up after some attempts: the error of the last one says why."""

import re
from typing import Final

from sygaldry.diagnosis import Explanation, Line, Window
from sygaldry.model.value import replace

_COUNT: Final = r"(?:\d{1,4}|all|max(?:imum)?|the|every|two|three|four|five|ten)"
_EXHAUSTED: Final = re.compile(
    rf"(?i)\b{_COUNT} (?:of \d{{1,4}} )?(?:re)?(?:attempts?|tries|trials)\b.{{0,24}}(?:failed|exhausted|exceeded|unsuccessful)"
    rf"|\b(?:after|in) {_COUNT} (?:\w+ )?(?:re)?(?:attempts?|tries|trials)\b|\bmax(?:imum)? (?:number of )?retries (?:reached|exceeded|exhausted)\W*$"
    r"|\bRetryError\b|\bretries? (?:limit|exhausted)\b"
)
_ATTEMPT: Final = re.compile(
    r"(?i)\b(?:attempts?|try|retry|retrying|trial) ?#?(?:\d{1,4}|\()|\b(?:attempts?|try|trial) \w+ failed|\b(?:retrying|will retry|trying again)\b"
)
_REASON: Final = re.compile(r"[:(] ?\S.{6,}")
_WAITS: Final = re.compile(
    r"(?i)^\W*(?:\S{1,40} ){0,6}(?:waiting|sleeping|backing off|retrying (?:in|after))\b[^:]{0,60}$"
)
_ABOVE: Final = 80  # lines, with a traceback between
_QUOTED: Final = 110
_GIVEN_UP: Final = 70


def with_last_attempt(explanation: Explanation, window: Window) -> Explanation:
    """Add the error of the last attempt to an error that only tells how many there were."""
    if not explanation.lines:
        return explanation
    message = explanation.lines[0].text.strip()
    if not _EXHAUSTED.search(message):
        return explanation
    first = explanation.lines[0].number
    above = [line for line in window.lines if first - _ABOVE <= line.number < first]
    attempt = next((line for line in reversed(above) if _is_failed(line)), None)
    if attempt is None or attempt in explanation.lines:
        return explanation
    says = f"{attempt.text.strip()[:_QUOTED]} (then: {message[:_GIVEN_UP]})"
    return replace(explanation, lines=(attempt, *explanation.lines), says=says)


def _is_failed(line: Line) -> bool:
    text = line.text[:600]
    return bool(_ATTEMPT.search(text) and _REASON.search(text)) and not _WAITS.match(text)
