"""Errors after which a script says that it goes on: `… failed, using the cached copy`, `+ true` in a shell trace."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.explain.match_rules import Match
from sygaldry.explain.scan import Raw
from sygaldry.explain.text import unstamped

_SAYS: Final = re.compile(
    r"(?i)\b(?:falling back|fall back|fallback|retrying|trying (?:again|the|an?|with|without|another|generic|next|default|other)"
    r"|using (?:the |an? )?(?:cached|existing|default|local|old|older|previous|fallback|alternative|generic|bundled|system|backup|stale)"
    r"|skipping|continuing|ignoring|going on|carrying on|moving on|proceeding)\b|\binstead$"
)
_ENDS: Final = re.compile(r"(?i)\b(?:giving up|abort(?:ed|ing)?|exiting|fatal|stop(?:ping)?)\b")
_TOLERATED: Final = re.compile(r"^\+{1,4} (?:true|:)$")
_TRACED: Final = re.compile(r"^\+{1,4} ")
_BELOW: Final = 3  # lines from an error to the announcement
_LONGEST: Final = 160


def announced(hits: Sequence[Match], tail: Sequence[Raw]) -> list[tuple[Match, int]]:
    """Return those of the hits below which the script says that it goes on, and the line that says so."""
    if not tail:
        return []
    found = []
    for each in hits:
        at = each.hit.line.number - tail[0].number + 1
        if at > 0 and (below := _goes_on(tail[at : at + _BELOW])):
            found.append((each, below))
    return found


def _goes_on(below: Sequence[Raw]) -> int:
    """Return the number of the line that announces it, or 0; the next command of a shell trace ends the search."""
    for raw in below:
        text = unstamped(raw.raw)
        if _TRACED.match(text):
            return raw.number if _TOLERATED.match(text) else 0
        if len(text) <= _LONGEST and _SAYS.search(text) and not _ENDS.search(text):
            return raw.number
    return 0
