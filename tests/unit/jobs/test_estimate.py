"""The remaining time: by earlier runs of the same size, by the units of the tool, or unknown."""

import pytest

from sygaldry.jobs.estimate import (
    Count,
    Earlier,
    Mark,
    Part,
    Position,
    Remaining,
    parse_index,
    remaining,
)

STEADY = Earlier(tuple((float(second), second * 100) for second in range(1, 101)))
START = Mark(0.0, 0)


def build(units: int, unit_s: float = 1.0, start_s: float = 0.0, tool: str = "ninja") -> Earlier:
    """A successful run of equal units, each with 40 bytes of output, after some seconds of preparation."""
    profile = tuple((start_s + each * unit_s, each * 40) for each in range(1, units + 1))
    marks = tuple(Mark(start_s + each * unit_s, each) for each in range(1, units + 1))
    return Earlier(profile, (Part(Count(units, units, tool), marks, profile[-1][0]),))


def at(done: int, total: int, unit_s: float = 1.0, start_s: float = 0.0) -> Position:
    """A run of equal units that has just finished one."""
    first, middle = Mark(start_s + unit_s, 1), Mark(start_s + (done + 1) // 2 * unit_s, (done + 1) // 2)
    return Position(start_s + done * unit_s, done * 40, Count(done, total, "ninja"), first, middle)


def known(now: Position, *before: Earlier) -> Remaining:
    """The estimate, which must be known and in order."""
    found = remaining(now, before)
    assert found is not None
    assert 0 <= found.low_s <= found.middle_s <= found.high_s
    return found


def test_an_incremental_build_is_estimated_from_the_seconds_of_a_unit() -> None:
    """12 of 400 actions, where every earlier run did all of them."""
    whole = build(400, unit_s=2.0)
    early = known(at(1, 12, unit_s=2.0), whole)
    assert early.middle_s == pytest.approx(22, rel=0.1)
    assert early.high_s < 100
    late = known(at(10, 12, unit_s=2.0), whole)
    assert late.low_s <= 4 <= late.high_s
    assert late.high_s < 12


def test_an_incremental_build_is_compared_with_an_incremental_one() -> None:
    whole, small = build(400, unit_s=2.0), build(12, unit_s=5.0)
    found = known(at(2, 12, unit_s=5.0), whole, small)
    assert found.low_s <= 50 <= found.high_s
    assert found.middle_s == pytest.approx(50, rel=0.1)


def test_a_whole_build_is_not_compared_with_an_incremental_one() -> None:
    found = known(at(2, 400, unit_s=2.0), build(12, unit_s=2.0))
    assert found.low_s <= 796 <= found.high_s


def test_a_second_build_is_known_from_its_first_unit_on_and_narrows() -> None:
    widths = []
    for done in (1, 50, 100, 300, 390):
        found = known(at(done, 400, unit_s=1.3), build(400))
        assert found.low_s <= (400 - done) * 1.3 <= found.high_s
        widths.append(found.high_s - found.low_s)
    assert widths == sorted(widths, reverse=True)


def test_steady_runs_make_a_narrower_range_than_uneven_ones() -> None:
    steady = known(at(40, 400), build(400), build(400, 1.02), build(400, 0.98))
    uneven = known(at(40, 400), build(400), build(400, 3.0), build(400, 0.5))
    assert steady.high_s / steady.low_s < 3 < uneven.high_s / uneven.low_s


def test_a_first_build_is_unknown_until_enough_units_are_done() -> None:
    assert remaining(at(2, 400), []) is None
    assert remaining(at(3, 400), []) is None
    assert known(at(200, 400)).middle_s == pytest.approx(200, rel=0.1)


def test_the_time_before_the_tool_counts_is_no_part_of_its_pace() -> None:
    """A minute of configuration, then a step a second."""
    found = known(at(20, 300, start_s=60.0))
    assert found.low_s <= 280 <= found.high_s
    assert found.middle_s == pytest.approx(280, rel=0.1)


def test_a_run_whose_size_is_not_stated_yet_is_unknown() -> None:
    assert remaining(Position(5, 200), [build(400)]) is None


def test_another_tool_is_no_history() -> None:
    assert remaining(at(2, 400), [build(400, tool="docker_build")]) is None


def test_what_follows_the_counted_part_of_an_earlier_run_is_expected_again() -> None:
    """A build, then a minute of tests that are not counted."""
    counted = build(400)
    earlier = Earlier((*counted.profile, (460.0, 99_000)), counted.parts)
    found = known(at(400, 400), earlier)
    assert found.low_s <= 60 <= found.high_s
    assert remaining(at(400, 400), []) is None, "nobody knows what follows"


def test_a_changing_pace_widens_the_range() -> None:
    steady = known(at(200, 400))
    changed = known(at(200, 400)._replace(middle=Mark(100.0, 140)))
    assert changed.high_s - changed.low_s > 1.3 * (steady.high_s - steady.low_s)


def test_contradicting_views_without_a_run_of_this_size_are_unknown() -> None:
    assert remaining(at(4, 40, unit_s=100.0), [build(400, unit_s=0.5)]) is None


def test_a_percentage_says_nothing_of_the_size() -> None:
    now = at(10, 100)
    percent = now._replace(counted=Count(10, 100, "cmake", is_percent=True))
    assert known(now, build(100)).high_s < known(percent, build(100, tool="cmake")).high_s


def test_an_earlier_run_at_another_pace_counts_little() -> None:
    """A busy machine: half of the run took seven times as long as the whole before."""
    found = known(at(20, 40, unit_s=14.0), build(40, unit_s=1.0))
    assert found.low_s <= 280 <= found.high_s
    assert found.middle_s > 200


def test_a_silence_longer_than_a_unit_is_no_progress() -> None:
    now = at(20, 40, unit_s=10.0)
    short = now._replace(elapsed_s=205.0, silent_s=5.0)
    assert known(short, build(40, 10.0)).middle_s == pytest.approx(195, rel=0.02)
    long = now._replace(elapsed_s=300.0, silent_s=100.0)
    assert known(long, build(40, 10.0)).middle_s > 190
    assert known(long).middle_s > 250, "the pace of this run has fallen"


def test_hostile_numbers_give_an_answer_or_none() -> None:
    odd = Earlier(((0.0, 0),), (Part(Count(1 << 52, 1 << 52), (START,), 0.0), Part(Count(0, 1), (), -5.0)))
    for count in (Count(0, 1), Count(1, 1), Count(1 << 52, 1 << 52), Count(0, 1 << 52)):
        for first in (None, START, Mark(9e9, 1 << 52), Mark(-9e9, 0)):
            remaining(Position(0, 0, count, first, Mark(5.0, 7), 9e9), [odd, Earlier(()), STEADY])


def test_without_counts_a_job_that_prints_as_before_ends_as_before() -> None:
    assert known(Position(40, 4000), STEADY).middle_s == pytest.approx(60)


def test_without_counts_a_slower_machine_takes_longer_in_proportion() -> None:
    assert known(Position(80, 4000), STEADY).middle_s == pytest.approx(120)


def test_a_job_that_printed_more_than_before_is_nearly_done() -> None:
    assert known(Position(120, 20_000), STEADY).middle_s == 0
    assert remaining(Position(1, 0), [Earlier(())]) is None


def test_an_index_is_read_past_what_is_torn() -> None:
    assert parse_index(b"1.5 10\nx y\n\n3 20\n4 2") == ((1.5, 10), (3.0, 20))


def test_a_range_by_output_holds_the_truth_and_narrows() -> None:
    """A second run at half the pace: early it is uncertain, late all views agree."""
    widths = []
    for elapsed in (10, 100, 180):
        found = known(Position(elapsed, elapsed * 50), STEADY)
        assert found.low_s <= 200 - elapsed <= found.high_s + 1
        widths.append(found.high_s - found.low_s)
    assert widths == sorted(widths, reverse=True)


def test_without_evidence_the_rest_is_unknown() -> None:
    assert remaining(Position(30, 1000), []) is None
    assert remaining(Position(30, 1000, Count(4, 4000), START), []) is None
    assert remaining(Position(0.5, 1000, Count(5, 10), START), []) is None
