"""The status line fits a budget and says what it says whatever it is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sygaldry.jobs.status_line import duration, parse_status, size, status_line

FIELDS = {
    "job": "zephyr-stack", "run": "20261122T050908230Z", "ts": "2026-11-22T05:09:11Z", "state": "PROGRESS",
    "rc": "-", "up": "2h14m", "try": "1/3", "done": "212/431", "eta": "2h18m", "log": "38.1M",
}  # fmt: skip


def test_the_line_of_a_running_job_is_within_sixty_tokens() -> None:
    line = status_line(FIELDS, "py-torch@2.5.1 (build) > [1402/6913] Building CXX object caffe2/CMakeFiles/x.o")
    assert line.endswith("\n")
    assert len(line) <= 216, "a token is about 3.6 characters of such text"
    assert line.startswith("PROGRESS job=zephyr-stack run=20261122T050908230Z ts=")
    assert " done=212/431 eta=2h18m log=38.1M step=py-torch@2.5.1 (build)" in line


@given(st.text(), st.text(), st.text())
def test_the_line_is_one_line_and_short_whatever_a_step_holds(step: str, by: str, phase: str) -> None:
    line = status_line({**FIELDS, "job": "a" * 64, "by": by, "phase": phase}, step)
    assert line.count("\n") == 1
    assert len(line.encode()) <= 300
    assert parse_status(line)["state"] == "PROGRESS"
    assert parse_status(line)["run"] == FIELDS["run"]


@pytest.mark.parametrize("state", ["FAILED", "STOPPED", "TIMEOUT", "OOM", "LOST"])
def test_every_bad_end_begins_with_failed(state: str) -> None:
    assert status_line({**FIELDS, "state": state}).startswith("FAILED ")


def test_a_line_is_read_back() -> None:
    found = parse_status(status_line(FIELDS, "linking a=b c"))
    assert found == {"word": "PROGRESS", **FIELDS, "step": "linking a=b c"}


@pytest.mark.parametrize(
    ("seconds", "text"), [(-3, "0s"), (59.9, "59s"), (200, "3m20s"), (8040, "2h14m"), (273600, "3d4h")]
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0B"), (999, "999B"), (4096, "4.0K"), (39950000, "38.1M"), (2e15, "1818.99T")]
)
def test_sizes_are_short(number: float, text: str) -> None:
    assert size(number)[:3] == text[:3]
