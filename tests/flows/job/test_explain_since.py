"""The part of a log from a time on."""

from pathlib import Path

import pytest

from sygaldry.flows.job.explain_log import LogRequest, explain_log
from sygaldry.model.errors import UsageError


@pytest.mark.parametrize("style", ["github", "json", "sarif", "text"])
def test_since_and_several_logs_go_with_every_format(tmp_path: Path, style: str) -> None:
    paths = []
    for name in ("a", "b"):
        path = tmp_path / name
        path.write_text(f"2026-11-28T05:00:00Z error: old {name}\n2026-11-28T06:00:00Z error: new {name}\n")
        paths.append(str(path))
    lines = explain_log(LogRequest(tuple(paths), "1", since="2026-11-28T05:30:00", format=style)).lines
    assert any("error: new" in line for line in lines)
    assert not any("error: old" in line for line in lines)


def test_a_since_after_the_last_line_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("2026-11-28T05:00:00Z error: old unit A\n")
    lines = explain_log(LogRequest((str(path),), "1", since="2026-11-28T09:00:00")).lines
    assert "no line of the log has a time stamp at or after --since" in lines[0]


def test_lines_before_since_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("2026-11-28T05:00:00Z error: old unit A\n2026-11-28T06:00:00Z error: new unit B\n")
    lines = explain_log(LogRequest((str(path),), "1", since="2026-11-28T05:30:00")).lines
    assert "2: error: new unit B" in lines
    assert not any("old unit A" in line for line in lines)


def test_a_since_that_is_no_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a time"):
        explain_log(LogRequest((str(tmp_path),), "1", since="soon"))


@pytest.mark.parametrize("age", ["10m", "1h30m", "2w", "999999d", "999999w999999w"])
def test_an_age_of_any_length_is_a_time(age: str) -> None:
    from datetime import UTC, datetime

    from sygaldry.explain.since import parse_since

    now = datetime(2026, 11, 28, tzinfo=UTC)
    since = parse_since(age, now)
    assert since is not None
    assert since < now
