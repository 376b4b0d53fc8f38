"""Diagnostics that point with an arrow: ruff, ty, Biome, oxlint, Elm, Solidity, and tools that print like rustc."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """The message is the line above the arrow, the source line is below."""
    above = [line for line in window.lines[max(window.index - 2, 0) : window.index] if line.text.strip()]
    if not above or above[-1].text.lstrip().lower().startswith(("warning", "note", "help", "= note")):
        return None
    caret = [
        line for line in window.lines[window.index + 1 : window.index + 7] if "^" in line.text or "─┬" in line.text
    ]
    return Explanation((above[-1], hit.line, *caret[:1]), says=above[-1].text.strip()[:160])


FAMILY: Final = Family(
    "pointed diagnostics",
    (
        Rule("--> ", r"^\s{0,8}--> (?P<where>[^\s:]{1,250}:\d+(?::\d+)?)", 78),
        Rule("[", r"^\s{0,8}(?:╭─|┌─|╭──|,-)\[ ?(?P<where>[^\s:\]]{1,250}:\d+:\d+)", 78),
    ),
    _explains,
)
