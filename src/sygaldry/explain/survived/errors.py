"""Errors that a job most likely survived: it went on, and something unrelated failed later.

A script that does not stop at errors prints those of its set-up and of its clean-up like any other.
"""

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from typing import Final

from sygaldry.diagnosis import Kind
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.explain.match_rules import Match
from sygaldry.explain.scan import Raw
from sygaldry.explain.steps import Standing
from sygaldry.explain.survived.announced import announced
from sygaldry.explain.survived.lost_servers import is_of_a_client, lost_servers
from sygaldry.explain.survived.missing_products import is_about_absence, missed_after_a_build
from sygaldry.explain.survived.related import is_related
from sygaldry.explain.survived.run_ends import run_ends
from sygaldry.explain.survived.script_errors import NOT_FOUND
from sygaldry.explain.survived.small_errors import is_looked_up, is_small
from sygaldry.model.lazy_pattern import lazy_pattern

# Families whose failures a script often expects. The first error of a compiler or of a test leads its others instead.
_SET_UP: Final = frozenset(
    {"docker", "packages", "storage", "network", "git", "shell", "programs", "gpu", "infrastructure", "slurm", "web"}
)
_COMPILERS: Final = frozenset({"compilers", "linkers", "nvcc", "fortran", "warnings_as_errors"})
# The last that these programs print: the script started the next one.
_LAST_WORD: Final = lazy_pattern(r"(?:fatal|docker|ssh): |curl: \(\d{1,3}\) ")
# Tools that stop at the first failure: whatever they print below the end of a run is of another one.
_ONE_END: Final = frozenset({"pip", "uv", "npm"})
_OWN: Final = 50  # a rule of this weight tells that something failed
_REASON: Final = 70  # a rule of this weight names a reason of its own
_GAP: Final = 4  # lines between two errors of which the second may follow from the first
_NEAR_END: Final = 300
_MOST: Final = 60  # later errors that one is compared with
_SMALL_COST: Final = 36
_WENT_ON_COST: Final = 16
_RUN_COST: Final = 24
_MISSED_COST: Final = 26
_ABSENT_COST: Final = 10  # where the later error may follow from the first
_ANNOUNCED_COST: Final = 24
_ALIKE_COST: Final = 40  # where the first of two alike would lead
_LOST_COST: Final = 30


def cost_of_survival(
    hits: Sequence[Match],
    everything: Sequence[Match],
    standings: Mapping[int, Standing],
    end: int,
    tail: Sequence[Raw] = (),
) -> dict[int, int]:
    """Return what is taken from the scores of those of the `hits` that the job most likely survived.

    `everything` includes the reports of tools that they failed. `standings` tells where the lines stand relative to the
    step that failed, which ends at line `end`. `tail` are the last lines of the log.
    """
    failing = {number for number, standing in standings.items() if standing >= Standing.SIBLING}
    earlier = {number for number, standing in standings.items() if standing is Standing.BEFORE}
    reported = frozenset(each.hit.line.number for each in everything if NOT_FOUND.search(each.hit.line.text[:600]))
    runs = run_ends(everything)
    small = {each.hit.line.number for each in hits if is_small(each, reported) and not _is_last(each, end)}
    own = _own(hits, failing, small)
    last = [
        each
        for each in own
        if each.hit.rule.weight >= _REASON and 0 <= end - each.hit.line.number <= _NEAR_END and not is_of_a_client(each)
    ]
    found = {each.hit.line.number: _cost(each, small, own[-_MOST:], last[-_MOST:], runs) for each in hits}
    for each, announcement in announced(hits, tail):
        later = [other.name for other in own if other.hit.line.number > announcement]
        if later and each.hit.rule.kind is not Kind.RESOURCES:
            cost = _ALIKE_COST if each.name in later else _ANNOUNCED_COST
            found[each.hit.line.number] = max(found[each.hit.line.number], cost)
    built = _own(hits, earlier, small)
    fatal = [each for each in (*own, *built) if found[each.hit.line.number] < _WENT_ON_COST]
    for number in missed_after_a_build(hits, fatal, runs):
        found[number] = max(found[number], _MISSED_COST)
    for number in lost_servers(hits, fatal, tail):
        found[number] = max(found[number], _LOST_COST)
    return {number: cost for number, cost in found.items() if cost}


def _own(hits: Sequence[Match], lines: Container[int], small: Container[int]) -> list[Match]:
    """Return the errors at some lines that tell that something failed."""
    return [
        each
        for each in hits
        if each.hit.rule.weight >= _OWN
        and each.hit.line.number in lines
        and each.hit.line.number not in small
        and not is_wrapper(each.hit.line.text)
    ]


def _cost(each: Match, small: Container[int], own: Sequence[Match], last: Sequence[Match], runs: Sequence[int]) -> int:
    number = each.hit.line.number
    if number in small:
        return _SMALL_COST if any(not is_related(each, other) for other in own) else 0
    if each.hit.rule.kind is Kind.RESOURCES:
        return 0
    later = [other for other in last if other.hit.line.number >= number + _GAP and not is_related(each, other)]
    ended = _run_end(number, runs)
    next_run = [
        other
        for other in later
        if other.hit.line.number >= ended + _GAP
        and not _is_cascade(each, other)
        and (other.name == each.name or not is_about_absence(other))
    ]
    if ended and next_run:
        return _ALIKE_COST if any(other.name == each.name for other in next_run) else _RUN_COST
    later = [other for other in later if _is_of_another(each, other)] if each.name in _SET_UP else []
    if not later:
        return 0
    if all(map(is_about_absence, later)):
        return _ABSENT_COST
    return _ALIKE_COST if any(other.name == each.name for other in later) else _WENT_ON_COST


def _is_last(each: Match, end: int) -> bool:
    """Return whether the shell found no such file or program at the very end: nothing went on without it."""
    return each.hit.line.number == end and is_looked_up(each.hit.line.text)


def _is_cascade(each: Match, other: Match) -> bool:
    """Return whether two errors may be of one build that goes on, whose first leads."""
    alike = each.name == other.name and each.name not in _ONE_END
    return alike or {each.name, other.name} <= _COMPILERS


def _is_of_another(each: Match, other: Match) -> bool:
    """Return whether a later error is that of another program, or of another run of the one that had ended."""
    return other.name != each.name or (bool(_LAST_WORD.match(each.hit.line.text)) and not is_about_absence(other))


def may_be_survived(each: Match, other: Match) -> bool:
    """Return whether a later, unrelated error makes it doubtful that one of the set-up ended the job."""
    later = other.hit.line.number >= each.hit.line.number + _GAP and other.hit.rule.weight >= _OWN
    return later and (each.name in _SET_UP or is_small(each)) and not is_related(each, other)


def _run_end(number: int, runs: Sequence[int]) -> int:
    """Return the line that ends the run of a line, or 0."""
    at = bisect_left(runs, number)
    return runs[at] if at < len(runs) else 0
