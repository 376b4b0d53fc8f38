"""The line in which a script reports that it failed, with the exit code of the job: what follows only tidies up."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Facts
from sygaldry.explain.match_rules import Match
from sygaldry.explain.scan import Raw, Scan
from sygaldry.explain.survived.announced import says_that_it_goes_on
from sygaldry.explain.survived.missing_products import is_about_absence
from sygaldry.explain.survived.small_errors import is_small
from sygaldry.explain.text import clean
from sygaldry.model.lazy_pattern import lazy_pattern

_LAST: Final = 24  # lines at the end of a log in which the report may stand
_LONGEST: Final = 160
_REPORT: Final = lazy_pattern(
    r"(?i)^(?!error: (?:command|subprocess)|.{0,60}`)[\[*=#>-]{0,8} ?\w(?:.{0,120}[^\w/.-])?(?:fail(?:ed|ure)?|exit(?:s|ed)?|finish(?:ed)?|return(?:s|ed)?|end(?:s|ed)?)\b.{0,60}?"
    r"\b(?:code|status|rc|with|exit(?:ed)?|returned)\b[ =:(]{0,3}(?P<code>\d{1,3})\)?\W{0,3}$"
)
# Announced below a failure: what a script does then.
_TIDIES: Final = lazy_pattern(
    r"(?i)\b(?:cleaning up|tearing down|rolling back|notifying"
    r"|(?:archiving|collecting|merging|publishing|saving|uploading) (?:partial )?(?:artifacts|coverage|diagnostics|logs|reports?|results?)"
    r"|sending (?:an? |the )?(?:alert|notification|mail|email|report)s?)\b"
)
_QUOTES: Final = lazy_pattern(
    r"Traceback \(most recent|\[std(?:out|err)\]|lines of output\]"
)  # the output of what failed
_FAILED: Final = lazy_pattern(r"(?i)\b(?:error|fail(?:ed|ure|s)?)\b")
_ABOVE: Final = 4  # lines
_OWN: Final = 45
_REASON: Final = 70  # a rule of this weight names a reason of its own


def reported_end(hits: Sequence[Match], scan: Scan, facts: Facts) -> int | None:
    """Return the number of that line; None where there is none, or where an error of its own stands below it."""
    if not facts.code:
        return None
    last = scan.tail[-_LAST:]
    for at, raw in enumerate(last[:-1]):
        text = clean(raw.raw)
        if len(text) > _LONGEST or not (_reports(text, facts.code) or _tidies(text, last[max(at - _ABOVE, 0) : at])):
            continue
        if says_that_it_goes_on(text) or says_that_it_goes_on(clean(last[at + 1].raw)):
            continue
        if any(_QUOTES.search(clean(each.raw)) for each in last[at + 1 :]):
            continue
        below = [each for each in hits if each.hit.line.number > raw.number and each.hit.rule.weight >= _OWN]
        return raw.number if below and all(map(_is_of_the_tidying, below)) else None
    return None


def _reports(text: str, code: int) -> bool:
    found = _REPORT.search(text)
    return found is not None and int(found["code"]) == code


def _tidies(text: str, above: Sequence[Raw]) -> bool:
    return bool(_TIDIES.search(text)) and any(_FAILED.search(clean(raw.raw)) for raw in above)


def _is_of_the_tidying(each: Match) -> bool:
    return each.hit.rule.weight < _REASON or is_small(each) or is_about_absence(each)
