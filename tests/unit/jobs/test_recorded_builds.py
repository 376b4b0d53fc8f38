"""Recorded real builds of two sizes, each first, repeated and incremental: ranges hold what remained, and narrow.

`python -m benchmarks.eta --record FOLDER` recorded them, with `--quick` or without, on a nearly idle machine. Those
named busy come from such builds with so much other load that one that takes 7 s took up to 70.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

import pytest

from sygaldry.jobs.counts import Recorded, marks_of, middle_of, parts_of
from sygaldry.jobs.estimate import Count, Earlier, Position, Remaining, remaining

DATA = Path(__file__).parents[2] / "data" / "estimate"
SEQUENCES = sorted(path.stem for path in DATA.glob("*.json"))
LARGE = [each for each in SEQUENCES if each.startswith("large")]
LATEST = 3  # earlier runs that are compared with
SLACK_S = 1.0  # the status line has whole seconds


class Moment(NamedTuple):
    """A moment of a build: what the build took in all, what remained, and what was estimated."""

    build: str
    took_s: float
    left_s: float
    estimated: Remaining | None

    @property
    def is_held(self) -> bool:
        found = self.estimated
        return found is not None and found.low_s - SLACK_S <= self.left_s <= found.high_s + SLACK_S


class Sample(NamedTuple):
    """A look at a running build."""

    at_s: float
    printed: int
    done: int
    total: int
    silent_s: float


def moments(sequence: str) -> Iterator[Moment]:
    """Estimate anew at each recorded moment of each build, with the builds before it as history."""
    earlier: list[Earlier] = []
    for run in json.loads((DATA / f"{sequence}.json").read_text()):
        took, samples = run["took"], [Sample(*each) for each in run["samples"]]
        counted = [Recorded(each.at_s, Count(each.done, each.total, "ninja")) for each in samples if each.total]
        for each in samples:
            found = remaining(position(each, [past for past in counted if past.at_s <= each.at_s]), earlier[-LATEST:])
            yield Moment(run["build"], took, took - each.at_s, found)
        profile = (*((each.at_s, each.printed) for each in samples), (took, samples[-1].printed))
        earlier.append(Earlier(profile, parts_of(counted, took)))


def position(sample: Sample, counted: list[Recorded]) -> Position:
    """Describe a moment as `job status` does."""
    count = counted[-1].counted if counted else None
    marks = marks_of(counted, count) if count else ()
    middle = middle_of(marks, sample.at_s - sample.silent_s)
    return Position(sample.at_s, sample.printed, count, marks[0] if marks else None, middle, sample.silent_s)


def shown(sequence: str) -> dict[str, list[Moment]]:
    """Group the moments at which a range is shown by their builds."""
    builds: dict[str, list[Moment]] = {}
    for each in moments(sequence):
        if each.estimated:
            builds.setdefault(f"{sequence}, {each.build}", []).append(each)
    return builds


def test_ranges_hold_what_remained_four_times_in_five() -> None:
    """Each build counts alike, so that one that stood still for a minute does not outweigh ten others."""
    builds = {name: found for sequence in SEQUENCES for name, found in shown(sequence).items()}
    assert len(builds) >= 30
    coverage = [mean(each.is_held for each in found) for found in builds.values()]
    assert mean(coverage) >= 0.8
    assert mean(each.is_held for found in builds.values() for each in found) >= 0.8


def test_on_an_idle_machine_they_hold_nine_times_in_ten() -> None:
    every = [each for sequence in ("small", "large") for found in shown(sequence).values() for each in found]
    assert len(every) >= 40
    assert mean(each.is_held for each in every) >= 0.9


def test_ranges_narrow_with_progress() -> None:
    widths: dict[bool, list[float]] = {False: [], True: []}
    for each in (each for sequence in LARGE for found in shown(sequence).values() for each in found):
        if each.estimated:
            width = each.estimated.high_s - each.estimated.low_s
            widths[each.left_s < each.took_s / 2].append(width / each.took_s)
    assert median(widths[True]) < 0.8 * median(widths[False])


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_first_build_is_unknown_at_its_start(sequence: str) -> None:
    assert next(moments(sequence)).estimated is None


@pytest.mark.parametrize("sequence", LARGE)
def test_an_incremental_build_is_never_estimated_as_long_as_a_whole_one(sequence: str) -> None:
    whole = max(each.left_s for each in moments(sequence) if each.build in ("first", "second"))
    incremental = [each.estimated for each in moments(sequence) if each.build.startswith("incremental")]
    assert any(incremental)
    assert all(each.middle_s < whole / 1.5 for each in incremental if each)
