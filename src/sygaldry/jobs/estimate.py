"""Estimate the remaining time, from earlier successful runs and from the count of the tool.

The work of a run is measured in the units that its tool counts, such as the steps of Ninja. The total that the tool
states decides with which earlier runs this one compares: an incremental build is not compared with a whole one, only
with the seconds that one unit took. Each view of the rest has an uncertainty; where the views together are too
uncertain, the rest is unknown.
"""

from collections.abc import Iterator, Sequence
from math import exp, isfinite, log, sqrt
from typing import Final, NamedTuple

_LARGEST: Final = 1 << 62
_ALIKE: Final = 1.25  # totals within this factor are runs of the same size
_LEAST_UNITS: Final = 3  # of which the pace of this run is taken
_LEAST_SHARE: Final = 0.03
_LEAST_S: Final = 1.0
_PARTS: Final = 20  # of an earlier run that are looked at
_MARGIN: Final = 1.64  # standard deviations on both sides; stalls of a machine are no normal distribution: it held 80 %

# Standard deviations of the logarithm of the remaining seconds, chosen so that ranges held what remained in about
# 80 % of the moments of real builds on a busy machine, where the same build took 7 to 70 s: python -m benchmarks.eta.
_SAME_SIZE: Final = 0.6
_SAME_SIZE_TWICE: Final = 0.4  # and what several runs differ by is added
_OTHER_SIZE: Final = 0.7
_PERCENT: Final = 0.9  # a percentage does not state the size of a run
_OWN_PACE: Final = 0.5
_MOST_UNCERTAIN: Final = 0.72  # beyond it, a range would span more than a factor of ten

Profile = Sequence[tuple[float, int]]  # seconds since the start, bytes printed by then


class Count(NamedTuple):
    """Units of work that a tool counts; the tool is empty if it is not known."""

    done: int
    total: int
    tool: str = ""
    is_percent: bool = False


class Mark(NamedTuple):
    """How many units were done, and how many seconds after the start of the run."""

    at_s: float
    done: int


class Part(NamedTuple):
    """A part of a run that one tool counted: its last count, what was recorded meanwhile, and when it ended."""

    counted: Count
    marks: Sequence[Mark]
    end_s: float


class Earlier(NamedTuple):
    """A successful run: its output over time, which ends with the run, and the parts that were counted."""

    profile: Profile
    parts: Sequence[Part] = ()


class Position(NamedTuple):
    """How far a running job is.

    `first` is where its tool began to count, `middle` a mark about halfway between that and its newest count, which it
    stated `silent_s` ago.
    """

    elapsed_s: float
    printed: int
    counted: Count | None = None
    first: Mark | None = None
    middle: Mark | None = None
    silent_s: float = 0.0


class Remaining(NamedTuple):
    """Seconds that remain: the most likely, the least and the most."""

    middle_s: float
    low_s: float
    high_s: float


class _Alike(NamedTuple):
    """Where a run of the same size was at the count of this one: seconds it took in all, until then, since `first`."""

    total_s: float
    then_s: float
    since_first_s: float


class _View(NamedTuple):
    seconds: float
    uncertainty: float  # standard deviation of the logarithm


def parse_index(raw: bytes) -> tuple[tuple[float, int], ...]:
    """Read an index: `<unix time> <offset>` per line; damaged lines are skipped."""
    samples = []
    for line in raw.split(b"\n")[:-1]:
        words = line.split()
        try:
            stamp, offset = float(words[0]), int(words[1])
        except (ValueError, IndexError):
            continue
        if isfinite(stamp) and 0 <= offset < _LARGEST:
            samples.append((stamp, offset))
    return tuple(samples)


def remaining(now: Position, before: Sequence[Earlier]) -> Remaining | None:
    """Estimate the remaining seconds with a range that holds the truth four times in five; None if unknown.

    Without a count by the tool, the output compares with that of earlier runs. If those were counted, the size of this
    run is not known before its tool states it.
    """
    count = now.counted
    if count is None:
        return None if any(each.parts for each in before) else _by_output(now, [each.profile for each in before])
    alike = [
        _where(now, count, each, part)
        for each in before
        for part in each.parts[-_PARTS:]
        if each.profile and is_alike(count, part.counted)
    ]
    left = max(count.total - count.done, 0)
    views = [
        *_as_before(now, count, alike),
        *([] if alike else _at_earlier_pace(now, count, before)),
        *_at_own_pace(now, count, alike),
    ]
    return _combined(views, left, is_known=bool(alike))


def is_alike(count: Count, other: Count) -> bool:
    """Return whether two counts are by the same tool and of about the same total."""
    return _is_same_tool(count, other) and max(count.total, other.total) <= _ALIKE * min(count.total, other.total)


def _is_same_tool(count: Count, other: Count) -> bool:
    return not count.tool or not other.tool or count.tool == other.tool


def _where(now: Position, count: Count, run: Earlier, part: Part) -> _Alike:
    """Find the place of this run in one of the same size, by units; by output if no units were recorded."""
    total_s = run.profile[-1][0]
    if not part.marks:
        return _Alike(total_s, _time_at(now.printed, run.profile), 0.0)
    then_s = _time_of(count.done, part)
    return _Alike(total_s, then_s, then_s - _time_of(now.first.done, part) if now.first else 0.0)


def _as_before(now: Position, count: Count, runs: Sequence[_Alike]) -> Iterator[_View]:
    """View the rest as long as it was in runs of the same size.

    How far these differ shows how steady they are, and how far the pace of this run differs, how well they compare.
    """
    if runs:
        totals = [max(each.total_s, _LEAST_S) for each in runs]
        spread = log(max(totals) / min(totals)) / 2
        least = _PERCENT if count.is_percent else _SAME_SIZE if len(runs) == 1 else _SAME_SIZE_TWICE
        paces = [log(_counting_s(now, count) / each.since_first_s) for each in runs if each.since_first_s > _LEAST_S]
        differs = _median(paces) if paces else 0.0
        rest = _median([each.total_s - each.then_s for each in runs])
        yield _View(_since(rest, now, count), sqrt(least**2 + spread**2 + differs**2))


def _counting_s(now: Position, count: Count) -> float:
    """Return for how many seconds the tool has counted, up to its newest count; an overlong silence is part of it."""
    if now.first is None:
        return _LEAST_S
    seconds = max(now.elapsed_s - now.silent_s - now.first.at_s, _LEAST_S)
    return seconds + max(now.silent_s - seconds / max(count.done - now.first.done, 1), 0.0)


def _since(rest_s: float, now: Position, count: Count) -> float:
    """Subtract the time since the newest count; a silence longer than a unit is no progress."""
    return rest_s - min(now.silent_s, rest_s / max(count.total - count.done, 1))


def _at_earlier_pace(now: Position, count: Count, before: Sequence[Earlier]) -> Iterator[_View]:
    """View the rest by the seconds that a unit took in runs of another size."""
    left = max(count.total - count.done, 0)
    rests = [
        left * (part.end_s - part.marks[0].at_s) / (part.counted.total - part.marks[0].done)
        + each.profile[-1][0]
        - part.end_s
        for each in before
        if each.profile
        for part in each.parts[-_PARTS:]
        if part.marks and _is_same_tool(count, part.counted)
        if part.counted.total - part.marks[0].done >= _LEAST_UNITS
    ]
    if rests and left and not count.is_percent:
        yield _View(_since(_median(rests), now, count), sqrt(_OTHER_SIZE**2 + 1 / (4 * left)))


def _at_own_pace(now: Position, count: Count, alike: Sequence[_Alike]) -> Iterator[_View]:
    """View the rest at the pace of this run since its tool began to count."""
    if now.first is None or count.done >= count.total:
        return
    units, seconds = count.done - now.first.done, _counting_s(now, count)
    is_early = now.elapsed_s - now.silent_s - now.first.at_s < _LEAST_S
    if is_early or units < _LEAST_UNITS or count.done < _LEAST_SHARE * count.total:
        return
    uncertainty = sqrt(_OWN_PACE**2 + 1 / units + _drift(now, count, seconds) ** 2)
    rests = [  # runs of the same size show which units are the long ones, and what follows the last
        (each.total_s - each.then_s) * seconds / each.since_first_s for each in alike if each.since_first_s > _LEAST_S
    ]
    guesses = [(count.total - count.done) * seconds / units, *([_median(rests)] if rests else [])]
    for rest in guesses:  # from the same evidence: together they weigh as much as one
        yield _View(_since(rest, now, count), uncertainty * sqrt(len(guesses)))


def _drift(now: Position, count: Count, counting_s: float) -> float:
    """Measure by how much the pace changed between the halves of a run, as half of a logarithm."""
    if now.first is None or now.middle is None:
        return 0.0
    early_s = now.middle.at_s - now.first.at_s
    late_s = counting_s - early_s
    early, late = now.middle.done - now.first.done, count.done - now.middle.done
    if min(early_s, late_s) <= 0 or min(early, late) < 0:
        return 0.0
    return min(abs(log((late + 0.5) / late_s / ((early + 0.5) / early_s))), 2.0) / 2


def _combined(views: Sequence[_View], left: int, *, is_known: bool) -> Remaining | None:
    """Weigh the views by their uncertainty, to which their disagreement adds; `is_known`: such a run has ended."""
    if not views:
        return None
    weights = [1 / each.uncertainty**2 for each in views]
    logs = [log(max(each.seconds, 0.5)) for each in views]
    middle = sum(weight * each for weight, each in zip(weights, logs, strict=True)) / sum(weights)
    apart = sum(weight * (each - middle) ** 2 for weight, each in zip(weights, logs, strict=True)) / sum(weights)
    uncertainty = sqrt(1 / sum(weights) + apart)
    if uncertainty > _MOST_UNCERTAIN and not is_known:
        return None
    margin, seconds = exp(_MARGIN * uncertainty), exp(middle)
    unit = seconds / max(left, 1)  # the units at work are done by an unknown part
    return Remaining(seconds, max(seconds / margin - unit, 0.0), seconds * margin + unit)


def _by_output(now: Position, before: Sequence[Profile]) -> Remaining | None:
    """Compare the output with that of earlier runs.

    Three views of each earlier run differ most at the start: as long as before, as far as before by output, and that at
    the pace of this run. Output is a steadier measure than time when caches are warm or the machine is busy.
    """
    paced: list[float] = []
    guesses: list[float] = []
    for profile in before:
        if profile:
            total = profile[-1][0]
            paced.append(_by_profile(now.elapsed_s, now.printed, profile))
            guesses += [max(total - now.elapsed_s, 0.0), max(total - _time_at(now.printed, profile), 0.0)]
    if not paced:
        return None
    return Remaining(max(_median(paced), 0.0), max(min(*paced, *guesses), 0.0), max(*paced, *guesses))


def _by_profile(elapsed_s: float, printed: int, profile: Profile) -> float:
    total = profile[-1][0]
    if printed >= profile[-1][1]:
        return max(total - elapsed_s, 0.0)
    then = _time_at(printed, profile)
    pace = elapsed_s / then if then > 1 and elapsed_s > 1 else 1.0
    return (total - then) * min(max(pace, 0.25), 4.0)


def _time_at(printed: int, profile: Profile) -> float:
    """Return when an earlier run had printed this much, interpolated between samples."""
    earlier = (0.0, 0)
    for later in profile:
        if later[1] >= printed:
            span = later[1] - earlier[1]
            share = (printed - earlier[1]) / span if span else 1.0
            return earlier[0] + share * (later[0] - earlier[0])
        earlier = later
    return profile[-1][0]


def _time_of(done: int, part: Part) -> float:
    """Return when an earlier run had done so many units, interpolated between what was recorded."""
    earlier = Mark(0.0, 0)
    for later in (*part.marks, Mark(part.end_s, part.counted.total)):
        if later.done >= done:
            span = later.done - earlier.done
            share = (done - earlier.done) / span if span > 0 else 1.0
            return earlier.at_s + share * (later.at_s - earlier.at_s)
        earlier = later
    return part.end_s


def _median(numbers: Sequence[float]) -> float:
    """Return the median; statistics would cost every status 20 ms."""
    ordered = sorted(numbers)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
