"""Events are appended whole, numbered without gaps, and a torn end is repaired."""

import json
from pathlib import Path

import pytest

from sygaldry.supervisor import ledger
from sygaldry.supervisor.run_files import RunFiles


def records(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_two_writers_number_their_events_without_gaps(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    ledger.Events(str(path)).append("submitted", 0)
    ledger.Events(str(path)).append("started", 5, pid=1)
    assert [(each["seq"], each["event"], each["offset"]) for each in records(path)] == [
        (1, "submitted", 0),
        (2, "started", 5),
    ]


def test_an_unfinished_last_line_is_removed_before_the_next_event(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    ledger.Events(str(path)).append("submitted", 0)
    with path.open("ab") as file:
        file.write(b'{"v":1,"seq":2,"ev')
    ledger.Events(str(path)).append("started", 0)
    assert [each["event"] for each in records(path)] == ["submitted", "started"]


def test_a_record_of_any_size_fits_into_one_line() -> None:
    line = ledger.line_of({"event": "submitted", "command": "x" * 100_000, "locks": ["y" * 9000] * 500, "seq": 7})
    assert len(line) <= ledger.LONGEST
    assert line.endswith(b"\n")
    assert json.loads(line)["seq"] == 7


def test_events_are_never_appended_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "j.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        ledger.Events(str(tmp_path / "j.jsonl")).append("submitted", 0)
    assert not (tmp_path / "elsewhere").exists()


def test_a_failed_replacement_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "status"
    target.mkdir()
    (target / "kept").touch()
    with pytest.raises(OSError, match="directory"):
        ledger.replace(str(target), "text")
    assert [each.name for each in tmp_path.iterdir()] == ["status"]


def test_a_replaced_file_is_private_and_whole(tmp_path: Path) -> None:
    ledger.replace(str(tmp_path / "status"), "one\n", durable=True)
    ledger.replace(str(tmp_path / "status"), "two\n")
    assert (tmp_path / "status").read_text() == "two\n"
    assert (tmp_path / "status").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("tail", "number"),
    [(b"", 0), (b'{"seq":3}\n{"seq":4}\n', 4), (b'{"seq":3}\n{"se', 3), (b'{"seq":"x"}\n[]\n', 0)],
)
def test_the_newest_sequence_number_is_found_in_a_damaged_tail(tail: bytes, number: int) -> None:
    assert ledger.last_sequence(tail) == number


def test_an_exit_event_is_told_from_a_text_that_quotes_one(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    ledger.Events(str(path)).append("submitted", 0, command='echo "event":"exit"')
    assert not ledger.has_exit_event(str(path))
    ledger.Events(str(path)).append("exit", 0, state="LOST")
    assert ledger.has_exit_event(str(path))


def test_a_missing_ledger_has_no_exit_event(tmp_path: Path) -> None:
    assert not ledger.has_exit_event(str(tmp_path / "none"))


def test_the_last_attempt_is_the_one_with_the_newest_log(tmp_path: Path) -> None:
    run = RunFiles(str(tmp_path), "j", "20260101T000000000Z")
    assert ledger.last_attempt(run) == 1
    for number in (1, 2, 3):
        Path(run.log(number)).touch()
    assert ledger.last_attempt(run) == 3
    assert run.log(3).endswith("/j-20260101T000000000Z-a3.log")
