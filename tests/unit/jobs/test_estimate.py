"""When it will be done, from how it went before."""

import pytest

from sygaldry.jobs.estimate import parse_index, remaining_range_s, remaining_s

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


def test_a_range_holds_the_truth_and_narrows() -> None:
    """A second run at half the pace: early nobody can know, late everybody agrees."""
    spans = [remaining_range_s(at, at * 50, None, [STEADY]) for at in (10, 100, 180)]
    widths = []
    for at, span in zip((10, 100, 180), spans, strict=True):
        assert span is not None
        assert span[0] <= 200 - at <= span[1] + 1
        widths.append(span[1] - span[0])
    assert widths == sorted(widths, reverse=True)


def test_without_evidence_the_rest_is_unknown() -> None:
    assert remaining_range_s(30, 1000, None, []) is None
    assert remaining_range_s(30, 1000, 0.01, []) is None
    assert remaining_range_s(0.5, 1000, 0.5, []) is None


def test_the_margin_of_a_tools_own_count_shrinks() -> None:
    early, late = remaining_range_s(60, 0, 0.1, []), remaining_range_s(60, 0, 0.9, [])
    assert early is not None
    assert late is not None
    assert early[1] / early[0] > 3
    assert late[1] / late[0] < 1.3
