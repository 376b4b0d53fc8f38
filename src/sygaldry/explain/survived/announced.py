"""Errors after which a script says that it goes on: `… failed, using the cached copy`, `+ true` in a shell trace."""

from collections.abc import Sequence
from typing import Final

from sygaldry.explain.match_rules import Match
from sygaldry.explain.scan import Raw
from sygaldry.explain.text import unstamped
from sygaldry.model.lazy_pattern import lazy_pattern

_SAYS: Final = lazy_pattern(
    r"(?i)\b(?:falling back|fall back|fallback|retrying|retry (?:with|without|once|again)|trying (?:again|the|an?|with|without|another|generic|next|default|other)"
    r"|using (?:the |an? )?(?:cached|existing|default|local|old|older|previous|fallback|alternative|generic|bundled|built-?in|internal|vendored|system|backup|stale)"
    r"|skipping|continuing|ignoring|going on|carrying on|moving on|proceeding|without it)\b|\binstead$"
)
# Of the program itself, whose message may have more lines.
_STATES: Final = lazy_pattern(
    r"(?i)\b(?:continuing (?:with|without|anyway|on|cold)\b|falling back (?:to|on)\b|going on (?:with|without|anyway)\b|proceeding (?:with|without|anyway)\b"
    r"|trying (?:the|another) \w+|(?:continuing|going on)\W*$)"
)
_ENDS: Final = lazy_pattern(
    r"(?i)^error: skipping '|\b(?:giving up|abort(?:ed|ing)?|exiting|fatal)\b|\bnot (?:continuing|proceeding)|\b(?:stop|before)\w*\b.{0,20}\b(?:continuing|proceeding)"
)
_TOLERATED: Final = lazy_pattern(r"^\+{1,4} (?:true|:)$")
_ECHO: Final = lazy_pattern(r"^\+{1,4} (?:echo|printf|log\w{0,20}) ")
_TRACED: Final = lazy_pattern(r"^\+{1,4} ")
_EXCERPT: Final = lazy_pattern(
    r"^\s{1,8}(?:\d{1,7} )?\s{0,8}\|\s|^compilation terminated\.$"
)  # of a compiler's message
_BELOW: Final = 3  # lines from an error to the announcement
_FAR_BELOW: Final = 9
_LOOKED: Final = 300  # characters of a line


def announced(hits: Sequence[Match], tail: Sequence[Raw]) -> list[tuple[Match, int]]:
    """Return those of the hits below which the script says that it goes on, and the line that says so."""
    if not tail:
        return []
    found = []
    for each in hits:
        at = each.hit.line.number - tail[0].number + 1
        if at > 0 and (below := _goes_on(tail[at : at + _FAR_BELOW])):
            found.append((each, below))
    return found


def says_that_it_goes_on(text: str) -> bool:
    """Return whether a line says that the script goes on."""
    return bool(_SAYS.search(text)) and not _ENDS.search(text)


def _goes_on(below: Sequence[Raw]) -> int:
    """Return the number of the line that announces it, or 0; the next command of a shell trace ends the search."""
    at = -1
    for raw in below:
        text = unstamped(raw.raw)[:_LOOKED]
        if _EXCERPT.match(text):
            continue
        at += 1
        if _TRACED.match(text):
            if _ECHO.match(text):
                continue
            return raw.number if _TOLERATED.match(text) else 0
        if (_SAYS if at < _BELOW else _STATES).search(text) and not _ENDS.search(text):
            return raw.number
    return 0
