"""The level of a logged line: that of a warning weighs less than an error."""

import pytest

from sygaldry.explain.logged_levels import is_below_error


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01 10:00:00,123 WARNING [rank 0] train: no index",
        "| WARNING | no index",
        "WARNING:root:no index",
        "etl - INFO - no index",
        "/srv/device.py:82: UserWarning: no index",
        "W0301 10:00:00.123 71 grid.cc:9] no index",
        "W tensorflow/core/framework/op_kernel.cc:12] no index",
    ],
)
def test_a_level_below_an_error_is_seen(text: str) -> None:
    assert is_below_error(text)


@pytest.mark.parametrize(
    "text",
    [
        "ERROR [rank 0] train: no index",
        "INFO ERROR: no index",
        "no index for the table of gears in this place, INFO is off",
        *(mark * 600 for mark in ("-", "(-", "| ", "a.", "Aa")),
    ],
)
def test_other_lines_have_no_such_level(text: str) -> None:
    assert not is_below_error(text)
