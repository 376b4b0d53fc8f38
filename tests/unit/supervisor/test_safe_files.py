"""Files that a container may have written are read without following links, blocking or growing."""

import os
from pathlib import Path

import pytest

from sygaldry.jobs import events
from sygaldry.jobs.status_line import read_status
from sygaldry.supervisor import safe_files
from sygaldry.supervisor.ledger import replace


@pytest.fixture(params=["link", "fifo", "folder", "device", "dangling", "loop"])
def trap(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a path that holds no regular file of its own."""
    path = tmp_path / "trap"
    secret = tmp_path / "secret"
    secret.write_text('DONE job=x run=y\n{"event":"exit","state":"DONE"}\n')
    match request.param:
        case "link":
            path.symlink_to(secret)
        case "fifo":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
        case "dangling":
            path.symlink_to(tmp_path / "none")
        case _:
            path.symlink_to(path)
    return str(path)


def test_a_trap_reads_as_nothing(trap: str) -> None:
    assert (safe_files.read_head(trap, 100), safe_files.read_tail(trap, 100), safe_files.size_of(trap)) == (b"", b"", 0)
    assert events.read_events(trap) == ()
    assert events.last(trap, "exit") == {}
    assert read_status(trap) == {}


def test_a_trap_is_never_opened_for_writing(trap: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - a link, a folder and a FIFO fail with errors of their own
        events.Events(trap).append("exit", 0)


@pytest.mark.parametrize("kind", ["link", "fifo"])
def test_a_draft_that_somebody_prepared_is_removed_and_not_written(tmp_path: Path, kind: str) -> None:
    draft = tmp_path / f"status.{os.getpid()}.draft"
    victim = tmp_path / "victim"
    victim.write_text("kept")
    if kind == "link":
        draft.symlink_to(victim)
    else:
        os.mkfifo(draft)
    replace(str(tmp_path / "status"), "new\n")
    assert (victim.read_text(), (tmp_path / "status").read_text()) == ("kept", "new\n")


def test_reads_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    path.write_bytes(b"head")
    os.truncate(path, 1 << 40)
    assert safe_files.read_head(str(path), 6) == b"head\0\0"
    assert safe_files.read_tail(str(path), 3) == b"\0\0\0"


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"event":' + b"[" * 3000 + b"]" * 3000 + b"}",
        b'{"event":7}',
        b'{"event":"x","pad":"' + b"y" * 100_000 + b'"}',
        b"\xff\xfe\0",
    ],
)
def test_hostile_records_are_skipped(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "ledger"
    path.write_bytes(line + b'\n{"event":"exit","state":"DONE"}\n')
    assert [each["event"] for each in events.read_events(str(path))] == ["exit"]


def test_values_of_a_wrong_type_or_size_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_bytes(
        b'{"event":"progress","seq":"x","offset":1e999,"attempt":[1],"boottime_s":NaN,"ts":5,"rc":true,"bytes":7,'
        b'"at":' + b"9" * 400 + b',"new":[1]}\n'
    )
    assert events.read_events(str(path)) == ({"event": "progress", "bytes": 7, "new": [1]},)
