"""Recorded real builds of two sizes, each first, repeated and incremental: ranges hold what remained, and narrow.

`python -m benchmarks.eta --quick --record tests/data/estimate` recorded them; the other load of the machine varied.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest

from sygaldry.jobs.counts import Recorded, marks_of, middle_of, parts_of
from sygaldry.jobs.estimate import Count, Earlier, Position, Remaining, remaining

DATA = Path(__file__).parents[2] / "data" / "estimate"
SIZES = ("small", "large")
LATEST = 3  # earlier runs that are compared with
SLACK_S = 1.0  # the status line has whole seconds


class Moment(NamedTuple):
    """A moment of a build: its share of the time, what remained, and what was estimated."""

    build: str
    share: float
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


def moments(size: str) -> Iterator[Moment]:
    """Estimate anew at each recorded moment of each build, with the builds before it as history."""
    earlier: list[Earlier] = []
    for run in json.loads((DATA / f"{size}.json").read_text()):
        took, samples = run["took"], [Sample(*each) for each in run["samples"]]
        counted = [Recorded(each.at_s, Count(each.done, each.total, "ninja")) for each in samples if each.total]
        for each in samples:
            found = remaining(position(each, [past for past in counted if past.at_s <= each.at_s]), earlier[-LATEST:])
            yield Moment(run["build"], each.at_s / took, took - each.at_s, found)
        profile = (*((each.at_s, each.printed) for each in samples), (took, samples[-1].printed))
        earlier.append(Earlier(profile, parts_of(counted, took)))


def position(sample: Sample, counted: list[Recorded]) -> Position:
    """Describe a moment as `job status` does."""
    count = counted[-1].counted if counted else None
    marks = marks_of(counted, count) if count else ()
    middle = middle_of(marks, sample.at_s - sample.silent_s)
    return Position(sample.at_s, sample.printed, count, marks[0] if marks else None, middle, sample.silent_s)


def test_ranges_hold_what_remained_four_times_in_five() -> None:
    shown = [each for size in SIZES for each in moments(size) if each.estimated]
    assert len(shown) > 100
    assert sum(each.is_held for each in shown) >= 0.8 * len(shown)


def test_ranges_narrow_with_progress() -> None:
    widths: dict[bool, list[float]] = {False: [], True: []}
    for each in moments("large"):
        if each.estimated:
            took = each.left_s / max(1 - each.share, 0.01)
            widths[each.share > 0.5].append((each.estimated.high_s - each.estimated.low_s) / took)
    assert median(widths[True]) < median(widths[False])


@pytest.mark.parametrize("size", SIZES)
def test_a_first_build_is_unknown_at_its_start(size: str) -> None:
    first = [each for each in moments(size) if each.build == "first"]
    assert first[0].estimated is None


def test_an_incremental_build_is_never_estimated_as_long_as_a_whole_one() -> None:
    whole = max(each.left_s for each in moments("large") if each.build == "first")
    incremental = [each.estimated for each in moments("large") if each.build.startswith("incremental")]
    assert any(incremental)
    assert all(each.middle_s < whole / 1.5 for each in incremental if each)
