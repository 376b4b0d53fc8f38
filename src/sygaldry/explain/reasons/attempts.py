"""A program that gave up after some attempts, or after all of its items failed: the error of the last one says why."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Explanation, Line, Window
from sygaldry.explain.text import template
from sygaldry.model.lazy_pattern import lazy_pattern
from sygaldry.model.value import replace

_COUNT: Final = r"(?:\d{1,4}|all|max(?:imum)?|the|every|two|three|four|five|ten)"
_EXHAUSTED: Final = lazy_pattern(
    rf"(?i)\b{_COUNT} (?:of \d{{1,4}} )?(?:re)?(?:attempts?|tries|trials)\b.{{0,24}}(?:failed|exhausted|exceeded|unsuccessful)"
    rf"|\b(?:after|in) {_COUNT} (?:\w+ )?(?:re)?(?:attempts?|tries|trials)\b|\bmax(?:imum)? (?:number of )?retries (?:reached|exceeded|exhausted)\W*$"
    r"|\bRetryError\b|\bretries? (?:limit|exhausted)\b|\b(?:gave|giving|given) up\b|\btoo many (?:\w+ ){0,2}(?:retries|attempts|restarts)\b"
    r"|\b(?:retries|attempts) (?:exhausted|exceeded)\b|\ball (?:\w+ ){0,3}(?:retries|attempts)\b|\bafter \d{1,4} restarts\b|\brepeated too quickly\b"
)
_HAS_REASON: Final = lazy_pattern(r"Caused by|exceeded with url")  # of urllib3
_ATTEMPT: Final = lazy_pattern(
    r"(?i)\b(?:attempts?|try|retry|retrying|trial) ?#?(?:\d{1,4}|\()|\b(?:attempts?|try|trial) \w+ failed|\b(?:retrying|will retry|trying again)\b"
)
_REASON: Final = lazy_pattern(r"[:(] ?\S.{6,}")
_WAITS: Final = lazy_pattern(
    r"(?i)^\W*(?:\S{1,40} ){0,6}(?:waiting|sleeping|backing off|retrying (?:in|after))\b[^:]{0,60}$"
)
# Without a count: what was printed again and again, but not by the one who tries again.
_PROGRESS: Final = lazy_pattern(
    r"(?i)\b(?:spawn\w*|start(?:ing|ed)?|restart\w*|wait\w*|retry\w*|sleep\w*|exit(?:ed|ing)|attempt|connecting|trying|scheduled|heartbeat|info|debug)\b"
)
_TIME: Final = lazy_pattern(r"^[\d\s:,.TZ/-]{8,40}")
_NEAR: Final = 24  # lines
_TIMES: Final = 2
_LETTERS: Final = 20
# What is left when each item has failed.
_NOTHING: Final = lazy_pattern(
    r"(?i)\b(?:no|none|nothing|zero|empty|0)\b.{0,60}\b(?:found|left|remain\w*|valid|usable|any|all|processed|succeeded)\b"
)
_ITEM: Final = lazy_pattern(
    r"^\W{0,8}(?i:failed|error|could not|cannot|unable|skipp\w+)\b.{1,160}?: (?P<reason>\S.{10,300})$"
)
_ALIKE: Final = 3
_ABOVE: Final = 80  # lines, with a traceback between
_QUOTED: Final = 110
_GIVEN_UP: Final = 70


def with_last_attempt(explanation: Explanation, window: Window) -> Explanation:
    """Add the error of the last attempt to an error that only tells how many there were."""
    hit = window.lines[window.index]
    if explanation.says or hit not in explanation.lines:
        return explanation
    message, first = hit.text.strip(), hit.number
    above = [line for line in window.lines if first - _ABOVE <= line.number < first]
    attempt = None
    if _EXHAUSTED.search(message) and not _HAS_REASON.search(message):
        attempt = next((line for line in reversed(above) if _is_failed(line)), None) or _repeated(above[-_NEAR:])
    elif _NOTHING.search(message):
        attempt = _common_reason(above)
    if attempt is None:
        return explanation
    says = f"{attempt.text.strip()[:_QUOTED]} (then: {message[:_GIVEN_UP]})"
    others = (line for line in explanation.lines if line != attempt)
    return replace(explanation, lines=(attempt, *others), says=says)


def _common_reason(above: Sequence[Line]) -> Line | None:
    """Return the last of several items that failed for one reason."""
    items = [(found["reason"], line) for line in above if (found := _ITEM.match(line.text[:600]))]
    reason, count = Counter(reason for reason, _ in items).most_common(1)[0] if items else ("", 0)
    return next((line for text, line in reversed(items) if text == reason), None) if count >= _ALIKE else None


def _is_failed(line: Line) -> bool:
    text = line.text[:600]
    return bool(_ATTEMPT.search(text) and _REASON.search(text)) and not _WAITS.match(text)


def _repeated(above: Sequence[Line]) -> Line | None:
    """Return the last line that a program printed at each of its attempts."""
    counts = Counter(_shape(line) for line in above)
    return next((line for line in reversed(above) if _is_message(line) and counts[_shape(line)] >= _TIMES), None)


def _shape(line: Line) -> int:
    return template(_TIME.sub("", line.text))


def _is_message(line: Line) -> bool:
    own = not line.text.startswith((" ", "\t", "File ", "Traceback"))
    return own and sum(map(str.isalpha, line.text)) > _LETTERS and not _PROGRESS.search(line.text)
