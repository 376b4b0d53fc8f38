"""Candidates in the order of how likely each is the innermost reason."""

import sys
from collections import Counter
from collections.abc import Sequence
from math import log2, log10
from typing import Final, NamedTuple

from sygaldry.diagnosis import Facts, Kind
from sygaldry.diagnosis._wrappers import WRAPPED, is_count, is_wrapper
from sygaldry.explain.context import Context
from sygaldry.explain.logged_levels import is_below_error
from sygaldry.explain.match_rules import Match
from sygaldry.explain.noise_model import Noise
from sygaldry.explain.scan import Raw, Scan
from sygaldry.explain.steps import IN_QUESTION, Standing
from sygaldry.explain.survived.error_exits import caught_before_exit
from sygaldry.explain.survived.errors import cost_of_survival
from sygaldry.explain.survived.exit_reports import ignored_reports
from sygaldry.explain.survived.logged_tracebacks import logged_tracebacks
from sygaldry.explain.survived.script_errors import went_on
from sygaldry.explain.survived.tracebacks import survived_tracebacks, tail_tracebacks
from sygaldry.explain.survived.unittest_reports import reports_of_tidying
from sygaldry.explain.text import template
from sygaldry.model.lazy_pattern import lazy_pattern

REPORT: Final = 20  # a rule of less weight only marks a place
CONSEQUENCE: Final = 40  # a rule of less weight only follows from something else
_ENDS: Final = 20  # rules of at most this weight in family `ci` mark where the failing part ends
_REPEATS: Final = 2
OWN_ERROR: Final = 45  # a rule of this weight in the failed step is reason enough to look nowhere else
_SURVIVED: Final = -20
SURVIVORS: Final = frozenset({Standing.PASSED, Standing.CLEAN_UP, Standing.BEFORE})
_WENT_ON: Final = 45  # for a program that a script did not find and went on without
_LOGGED: Final = 25  # for the exception of a traceback after which the program went on
_IGNORED: Final = 50  # for one that changes no exit code
_LOGGED_ONLY: Final = 40  # for one after which the program ended for another reason, which it logged too
_NEAR: Final = 4000  # lines between two errors of one cascade
_FLOOD: Final = 100  # with so many of one family, some between two others were not kept
_CLOSE: Final = 60  # lines between two messages of one compiler run
_ALIKE: Final = 30  # the most by which scores of one cascade differ
_DIAGNOSTIC: Final = 62
_LOCATED: Final = lazy_pattern(
    r"error(?:\[E\d{4}\])?: |\s{0,8}(?:\[ERROR\] |e: |# )?[^\s:()\[\]]{1,300}[:(\[]\d{1,7}[:,)\]]"
)
_AT_COLUMN: Final = lazy_pattern(r"\w\.\w{1,8}:\d{1,7}:\d{1,5}: ")
_PLACE: Final = 400  # characters in which a message names its place
LAST_WINS: Final = (
    "python",
    "network",
    "kernel",
    "generic",
    "shell",
    "java",
    "make",
)  # the last of these is the cause, not the first


_EXCEPTIONS: Final = frozenset({"python", "pytest", "java", "maven", "generic"})
_COUNTED: Final = 34  # for a message that only counts what failed


_LEVELS: Final = ((b"##[error]", 6), (b"##[warning]", -30))
_LOGGED_BELOW: Final = 20
_TELLS: Final = 60  # a rule of this weight is not tried against the words of a warning
_MARKED: Final = 300  # bytes of a line in which a CI system marks its level


class Candidate(NamedTuple):
    """A candidate and how likely it is the cause, about 0 to 110."""

    score: float
    match: Match
    standing: Standing = Standing.NEUTRAL


def rank_candidates(hits: Sequence[Match], scan: Scan, facts: Facts, noise: Noise, context: Context) -> list[Candidate]:
    """Order by weight, distance to the failing end, rarity and novelty; the first error of a cascade leads it."""
    end = context.end or failing_end(hits, scan)
    hits = [each for each in hits if not context.is_masked(each.hit.line)]
    shifts = _step_shifts(hits, context)
    counts = Counter(template(each.hit.line.text) for each in hits)
    scored = [
        Candidate(
            _score(each, _end_for(each, end, context), counts[template(each.hit.line.text)], facts, noise)
            + shifts.get(each.hit.line.number, Standing.NEUTRAL),
            each,
            context.standing(each) if context else Standing.NEUTRAL,
        )
        for each in hits
        if each.hit.rule.weight >= CONSEQUENCE
    ]
    without = went_on(hits, scan.lines, facts)
    scored = [_as_survived(each) if each.match.hit.line.number in without else each for each in scored]
    scored = _without_tidying(scored, context.reported)
    scored = _without_survived(scored, hits, end, scan.tail)
    tracebacks = tail_tracebacks(scan.tail)
    scored = _demote_survived(scored, survived_tracebacks(tracebacks), _LOGGED)
    scored = _demote_survived(scored, logged_tracebacks(tracebacks), _LOGGED_ONLY)
    scored = _demote_survived(scored, caught_before_exit(tracebacks), _LOGGED_ONLY)
    scored = _demote_survived(scored, ignored_reports(tracebacks), _IGNORED)
    scored = _demote_survived(scored, reports_of_tidying(scan.tail), _LOGGED)
    scored.sort(key=lambda each: (-each.score, -each.match.hit.line.number))
    return _limit_repeats(_prefer_earliest(scored))


def _without_tidying(scored: list[Candidate], reported: int | None) -> list[Candidate]:
    """Demote the line in which a script reports that it failed, and what it prints while it tidies up."""
    if reported is None:
        return scored
    return [
        each._replace(score=each.score - _COUNTED) if each.match.hit.line.number >= reported else each
        for each in scored
    ]


def _as_survived(each: Candidate) -> Candidate:
    return each._replace(score=each.score - _WENT_ON, standing=Standing.BEFORE)


def _without_survived(
    scored: Sequence[Candidate], hits: Sequence[Match], end: int, tail: Sequence[Raw]
) -> list[Candidate]:
    """Demote the errors that the job most likely survived."""
    standings = {each.match.hit.line.number: each.standing for each in scored}
    costs = cost_of_survival([each.match for each in scored], hits, standings, end, tail)
    return [each._replace(score=each.score - costs.get(each.match.hit.line.number, 0)) for each in scored]


def _demote_survived(scored: list[Candidate], tracebacks: Sequence[range], cost: int) -> list[Candidate]:
    """Demote the lines of tracebacks that the program survived; a resource that was used up may end it later."""
    return [
        each._replace(score=each.score - cost)
        if each.match.hit.rule.kind is not Kind.RESOURCES
        and any(each.match.hit.line.number in lines for lines in tracebacks)
        else each
        for each in scored
    ]


def _end_for(each: Match, end: int, context: Context) -> int:
    """Return the end that a line's distance counts from: that of its own step, where several failed."""
    if each.hit.line.number <= end or context.steps.failed is None:
        return end
    return context.own_end(each) or end


def _step_shifts(hits: Sequence[Match], context: Context) -> dict[int, int]:
    """Demote what stands outside the failed step, unless the failed step has no error of its own."""
    if not context.steps:
        return {}
    standings = {
        each.hit.line.number: context.standing(each)
        for each in hits
        if each.hit.rule.weight >= CONSEQUENCE and each.hit.line.number >= context.first
    }
    strong = any(
        standings.get(each.hit.line.number) in IN_QUESTION
        and each.hit.rule.weight >= OWN_ERROR
        and not is_wrapper(each.hit.line.text)
        for each in hits
    )
    if strong:
        return {number: int(standing) for number, standing in standings.items()}
    return {number: _SURVIVED for number, standing in standings.items() if standing in SURVIVORS}


def _limit_repeats(scored: list[Candidate]) -> list[Candidate]:
    """At most two of one rule lead: a hundred alike must not hide the one that is different."""
    seen: Counter[tuple[str, str]] = Counter()
    first: list[Candidate] = []
    rest: list[Candidate] = []
    for each in scored:
        kind = (each.match.name, each.match.hit.rule.pattern)
        seen[kind] += 1
        (first if seen[kind] <= _REPEATS else rest).append(each)
    return first + rest


def _score(each: Match, end: int, count: int, facts: Facts, noise: Noise) -> float:
    rule, line = each.hit.rule, each.hit.line
    distance = end - line.number
    slope = 4 if rule.weight >= 70 else 8  # a vague word far from the end is hardly ever the cause
    score = rule.weight + (12 - slope * log10(1 + distance / 8) if distance >= 0 else -25)
    if count > 3 and rule.weight < 70:
        score -= min(2 * log2(count / 3), 16)
    if is_count(line.text):
        score -= _COUNTED
    elif each.name in _EXCEPTIONS and is_wrapper(line.text):
        score -= WRAPPED
    score += next((shift for mark, shift in _LEVELS if mark in each.raw[:_MARKED]), 0)
    if rule.weight >= _TELLS and "arning" not in rule.pattern and is_below_error(line.text):
        score -= _LOGGED_BELOW
    if noise:
        score += -45 if noise.knows(line.text) else 6
    if facts.code in {126, 127} and each.name in {"programs", "shell"}:
        score += 8
    if facts.code in {137, 124} and rule.kind is Kind.RESOURCES:
        score += 8
    return score


def failing_end(hits: Sequence[Match], scan: Scan) -> int:
    """The first word of a CI system that a step failed; what follows it is only tidying up."""
    marks = (each.hit.line.number for each in hits if each.name == "ci" and each.hit.rule.weight <= _ENDS)
    return min(marks, default=scan.lines)


def _prefer_earliest(scored: list[Candidate]) -> list[Candidate]:
    """Errors of one family in close succession are a cascade: its first, if as telling, stands for all."""
    if not scored:
        return scored
    best = scored[0]
    located = best.match.name in LAST_WINS
    if located and not _is_at_column(best):  # a compiler's messages; of other messages, the last counts
        return scored
    same = sorted(
        (
            each
            for each in scored
            if each.match.name == best.match.name
            and each.score > best.score - _ALIKE
            and (not located or _is_at_column(each))
        ),
        key=lambda each: -each.match.hit.line.number,
    )
    near = _NEAR if len(same) < _FLOOD else sys.maxsize
    leader = best
    for each in same:
        gap = leader.match.hit.line.number - each.match.hit.line.number
        if 0 < gap <= near and _stands_as_near(each, best) and _leads(each, leader, best):
            leader = each
    if leader is best:
        return scored
    return [leader._replace(score=best.score + 0.1), *(each for each in scored if each is not leader)]


def _is_at_column(each: Candidate) -> bool:
    """Return whether a message of any tool names a line and a column of a file."""
    return each.match.name == "generic" and bool(_AT_COLUMN.search(each.match.hit.line.text[:_PLACE]))


def _stands_as_near(each: Candidate, best: Candidate) -> bool:
    """Return whether an earlier error is as much a part of the failed step, or the failed target, as the best one."""
    if best.standing is Standing.TARGET:
        return each.standing is Standing.TARGET
    if best.standing is Standing.IMPLIED:  # no marker reports the failed step, so its limits are a guess
        return True
    return each.standing >= min(best.standing, Standing.NEUTRAL)


def _leads(each: Candidate, leader: Candidate, best: Candidate) -> bool:
    """Return whether an earlier error heads the same cascade: as telling, or close and at a place in a source too."""
    if each.match.hit.rule.weight >= best.match.hit.rule.weight - 1:
        return True
    gap = leader.match.hit.line.number - each.match.hit.line.number
    both = (each.match.hit.line.text, leader.match.hit.line.text)
    return gap <= _CLOSE and each.match.hit.rule.weight >= _DIAGNOSTIC and all(map(_LOCATED.match, both))
