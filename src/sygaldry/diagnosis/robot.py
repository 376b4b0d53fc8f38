"""Robot Framework: the message of a test stands below its name; suites repeat the verdict with their counts."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_COUNTS: Final = lazy_pattern(r"^\d{1,6} tests?, \d{1,6} passed")
_RULER: Final = lazy_pattern(r"^(?:[-=]{10,})?$")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    below = window.lines[window.index + 1 : window.index + 2]
    if not below or _RULER.match(below[0].text) or _COUNTS.match(below[0].text):
        return None
    return Explanation((below[0], hit.line), says=f"the test “{hit.match['what']}” fails: {below[0].text.strip()}")


FAMILY: Final = Family(
    "Robot Framework",
    (Rule("| fail |", r"^(?P<what>\S.{0,90}?)\s{1,90}\| FAIL \|$", 76),),
    _explains,
)
