"""When it will be done, from how it went before."""

import pytest

from sygaldry.jobs.estimate import parse_index, remaining_s

STEADY = tuple((float(second), second * 100) for second in range(1, 101))


def test_a_job_that_prints_as_before_ends_as_before() -> None:
    assert remaining_s(40, 4000, None, [STEADY]) == pytest.approx(60)


def test_a_slower_machine_takes_longer_in_proportion() -> None:
    assert remaining_s(80, 4000, None, [STEADY]) == pytest.approx(120)


def test_without_history_the_tool_has_the_word() -> None:
    assert remaining_s(30, 0, 0.25, []) == pytest.approx(90)
    assert remaining_s(30, 0, None, []) is None
    assert remaining_s(30, 0, 0.0, []) is None


def test_a_job_that_printed_more_than_before_is_nearly_done() -> None:
    assert remaining_s(120, 20_000, None, [STEADY]) == 0
    assert remaining_s(1, 0, None, [()]) is None


def test_an_index_is_read_past_what_is_torn() -> None:
    assert parse_index(b"1.5 10\nx y\n\n3 20\n4 2") == ((1.5, 10), (3.0, 20))
