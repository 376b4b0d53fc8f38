"""The most telling of the last lines of a step that printed no error: general signs, and the later of equals."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.diagnosis._false_alarms import is_false_alarm
from sygaldry.model.lazy_pattern import lazy_pattern

# A result that is not as wanted is stated with one of these words, or by two values side by side.
_UNWANTED: Final = lazy_pattern(
    r"(?i)\b(?:differs?|different|mismatch\w*|below|above|beyond|exceed\w*|over|under|too (?:many|few|large|small|long|short|old|new)"
    r"|expected|wanted|needs?|requires?|instead|missing|lacks?|without|unknown|diverg\w*|grows|stop(?:ped|ping)?|gave up|giving up"
    r"|quit\w*|not|\w{2,6}n't|no|none|never|nothing|cannot|only|empty|stale|duplicate|twice|already|limit|bad|wrong|broken|lost|refus\w+|reject\w+)\b"
)
_COMPARED: Final = lazy_pattern(
    r"\d\D{1,40}\b(?:but|of|than|vs\.?|versus|holds?|while|limit|wanted)\b\D{0,40}\d|[!<>]=|\s[<>]\s"
)
_PROGRESS: Final = lazy_pattern(
    r"(?i)^(?:[=#~-]{2,}|\*{4,}|\W{0,6}(?:ok|done|passed|success\w*|finished|complete\w*|starting|running|step \d|stage \d)\b)"
    r"|\.\.\.\s*(?:ok|done|passed|yes)?\s*$|\b(?:ok|done|passed)\W{0,3}$|^\W*$|\b\d{1,3} ?%"
)

_REPLACED: Final = 8  # characters of text for each byte that is none


def telling_line(lines: Sequence[Line]) -> Line | None:
    """Return the line that says most about a failure; None if there is none."""
    ranked = [(_signs(line.text), at) for at, line in enumerate(lines) if line.text.strip()]
    return lines[max(ranked)[1]] if ranked else None


def is_text(text: str) -> bool:
    """Return whether a line is in the encoding of the log: of other bytes, replacements remain."""
    return text.count("\ufffd") * _REPLACED < len(text)


def is_telling(line: Line | None) -> bool:
    """Return whether a line states a result that was not wanted."""
    return line is not None and _signs(line.text) > 0


def _signs(text: str) -> int:
    plain = text[:600]
    if is_false_alarm(plain):
        return -3
    return 2 * bool(_UNWANTED.search(plain)) + bool(_COMPARED.search(plain)) - 3 * bool(_PROGRESS.search(plain))
