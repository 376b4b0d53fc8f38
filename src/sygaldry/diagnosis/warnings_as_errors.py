"""Tools details to take warnings for errors: the cause is the warning above."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_SAYS: Final = "a warning counts as an error here"
_MARK: Final = lazy_pattern(r"^\W{0,4}WARNING\W{1,6}")
_QUOTED: Final = 180  # characters of the warning in the sentence


def _explains(hit: Hit, window: Window) -> Explanation | None:
    warned = [
        line
        for line in window.lines[: window.index]
        if "warning" in (text := line.text.lower()) and "problem" not in text and "0 warning" not in text
    ]
    if not warned:
        return Explanation((hit.line,), weight=44)
    first = _MARK.sub("", warned[-3:][0].text.strip())[:_QUOTED]
    return Explanation((*warned[-3:], hit.line), says=f"{_SAYS}: {first}")


FAMILY: Final = Family(
    "warnings as errors",
    (
        Rule("warnings treated as errors", r"[Ww]arnings treated as errors", 84, _SAYS),
        Rule("treating warnings as errors", r"[Tt]reating warnings as errors", 82, _SAYS),
        Rule("warnings are treated as errors", r"[Ww]arnings are treated as errors", 82, _SAYS),
        Rule("warnings being treated as errors", r"warnings being treated as errors", 70, _SAYS),
        Rule("too many warnings", r"(?:found|has) too many warnings", 82, _SAYS),
        Rule("aborted with", r"Aborted with \d+ warnings in strict mode", 84, _SAYS),
        Rule("with -w option", r"with -W option|WarningsAsErrors", 60, _SAYS),
    ),
    _explains,
)
