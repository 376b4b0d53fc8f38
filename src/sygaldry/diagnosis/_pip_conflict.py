"""The requirements that pip could not satisfy together."""

from typing import Final

from sygaldry.diagnosis import Explanation, Hit, Line, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_REQUIREMENT: Final = lazy_pattern(
    r"^ {2,8}(?P<by>The user requested|\S{1,80} \S{1,40} depends on)(?: \(constraint\))? \S{1,200}"
)
_NEAR: Final = 30  # lines between an error and the list of what it is about: two streams do not keep their order
_SHOWN: Final = 6
_WANTED: Final = 160  # characters of the error's end
_QUOTED: Final = 2  # requirements in the sentence


def conflict(hit: Hit, window: Window) -> Explanation:
    """The sentence has what conflicts, which stands in a list of its own, usually below the error."""
    lines = window.lines[max(window.index - _NEAR, 0) : window.index + _NEAR]
    by_requirer: dict[str, Line] = {}
    for line in lines:
        if found := _REQUIREMENT.match(line.text):
            by_requirer.setdefault(found["by"] if "depends" in found["by"] else line.text, line)
    required = list(by_requirer.values())[:_SHOWN]
    if len(required) < 2:
        return Explanation((hit.line, *required), says=f"{hit.rule.says}: {hit.line.text.partition('ERROR: ')[2]}")
    wanted = hit.line.text.partition("ERROR: ")[2].rstrip(".")[-_WANTED:]
    says = f"{wanted}: {'; '.join(line.text.strip() for line in required[:_QUOTED])}"
    return Explanation(tuple(required), says=says)
