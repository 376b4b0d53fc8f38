"""Events are whole lines whatever happened to the file."""

import json
from pathlib import Path

import pytest

from sygaldry.jobs import events


def test_a_writer_heals_a_torn_tail_and_counts_on(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    events.Events(str(path)).append("submitted", 0)
    with path.open("ab") as file:
        file.write(b'{"v":1,"seq":2,"ev')
    events.Events(str(path)).append("started", 7, pid=3)
    found = events.read_events(str(path))
    assert [(each["event"], each["seq"]) for each in found] == [("submitted", 1), ("started", 2)]
    assert found[1]["offset"] == 7
    assert [json.loads(line)["seq"] for line in path.read_text().splitlines()] == [1, 2], "each line parses"


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_last_line_is_passed_over(cut: int) -> None:
    line = b'{"v":1,"seq":1,"ts":"2026-01-01T00:00:00.000Z","offset":0,"event":"started"}\n'
    assert len(list(events.parse_events(line + line[:cut]))) == 1


@pytest.mark.parametrize("junk", [b"\0\0\0\n", b"[]\n", b"null\n", b'{"event":3}\n', b"\xff\xfe\n", b"{}\n", b"\n"])
def test_what_is_no_event_is_passed_over(junk: bytes) -> None:
    assert [each["event"] for each in events.parse_events(junk + b'{"event":"exit"}\n')] == ["exit"]


def test_what_a_newer_release_added_is_kept() -> None:
    (found,) = events.parse_events(b'{"v":9,"event":"levitated","height_m":3}\n')
    assert found["height_m"] == 3


def test_an_event_is_never_longer_than_a_page(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    events.Events(str(path)).append("submitted", 0, command="x" * 100_000, variables=["A" * 50] * 5000)
    raw = path.read_bytes()
    assert len(raw) <= 4096
    assert json.loads(raw)["command"].startswith("xxx")


def test_quotes_and_control_characters_do_not_break_a_line(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    events.Events(str(path)).append("submitted", 0, command='say "a\nb"\0\x1b[31m\udcff')
    assert path.read_bytes().count(b"\n") == 1
    assert events.first(str(path), "submitted")["command"] == 'say "a\nb"\0\x1b[31m\udcff'


def test_first_and_last_of_a_missing_ledger_are_empty(tmp_path: Path) -> None:
    assert events.first(str(tmp_path / "none"), "started") == {}
    assert events.last(str(tmp_path / "none"), "exit") == {}
    assert events.read_events(str(tmp_path / "none")) == ()
