"""The counts of a run: what its ledger recorded, and which belong together."""

from pathlib import Path

from sygaldry.jobs.counts import Recorded, count_of, marks_of, middle_of, parts_of, recorded
from sygaldry.jobs.estimate import Count, Mark, Part
from sygaldry.jobs.events import Events
from sygaldry.model.timestamps import seconds_of
from sygaldry.progress import Progress


def ninja(at_s: float, done: int, total: int) -> Recorded:
    return Recorded(at_s, Count(done, total, "ninja"))


def test_a_total_states_the_work_unless_it_is_that_of_one_item() -> None:
    assert count_of(Progress(3, 12, tool="ninja")) == Count(3, 12, "ninja")
    assert count_of(Progress(-1, 12)) == Count(0, 12)
    assert count_of(Progress(3, 0)) is None
    assert count_of(Progress(3, 12, is_part=True)) is None
    assert count_of(Progress(45, 100, "%", tool="cmake")) == Count(45, 100, "cmake", is_percent=True)


def test_a_ledger_holds_counts_with_their_times(tmp_path: Path) -> None:
    ledger = Events(str(tmp_path / "x.jsonl"))
    ledger.append("phase", 0, tool="ninja", phase="build", done=2, total=40)
    ledger.append("progress", 0, done=7, total=40)  # as releases before 2026-12 wrote it, without the tool
    ledger.append("progress", 0, done="x", total=40)
    ledger.append("progress", 0, done=7, total=-40)
    found = recorded(str(tmp_path / "x.jsonl"), seconds_of("2026-01-01T00:00:00Z"))
    assert [each.counted for each in found] == [Count(2, 40, "ninja"), Count(7, 40)]
    assert all(each.at_s > 0 for each in found)


def test_another_tool_or_a_falling_count_begins_another_part() -> None:
    tests = Recorded(70.0, Count(1, 50, "pytest"))
    found = parts_of((ninja(5.0, 2, 300), ninja(60.0, 300, 300), tests, ninja(80.0, 1, 300)), 90.0)
    assert found == (
        Part(Count(300, 300, "ninja"), (Mark(5.0, 2), Mark(60.0, 300)), 70.0),
        Part(Count(1, 50, "pytest"), (Mark(70.0, 1),), 80.0),
        Part(Count(1, 300, "ninja"), (Mark(80.0, 1),), 90.0),
    )


def test_a_run_without_counts_has_no_parts() -> None:
    assert parts_of((), 90.0) == ()


def test_a_total_that_grows_as_bazel_s_does_starts_the_pace_anew() -> None:
    counted = (ninja(5.0, 2, 40), ninja(6.0, 3, 44), ninja(9.0, 9, 400), ninja(12.0, 20, 401))
    assert marks_of(counted, Count(25, 401, "ninja")) == (Mark(9.0, 9), Mark(12.0, 20))
    assert marks_of(counted, Count(1, 401, "ninja")) == (), "a count that fell: another build in the same run"
    assert marks_of((), Count(1, 401, "ninja")) == ()


def test_the_middle_lies_between_the_first_mark_and_now() -> None:
    marks = (Mark(10.0, 1), Mark(20.0, 5), Mark(70.0, 30), Mark(100.0, 40))
    assert middle_of(marks, 100.0) == Mark(70.0, 30)
    assert middle_of(marks, 40.0) == Mark(20.0, 5)
    assert middle_of(marks[:1], 40.0) is None
    assert middle_of((), 40.0) is None
