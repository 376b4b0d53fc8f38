"""What an observer tells of a growing log, once each, and what it keeps to itself."""

import os
from pathlib import Path

import pytest

from sygaldry.jobs.events import Events
from sygaldry.jobs.history import good_runs, known_errors
from sygaldry.jobs.observe import Observer, Record
from sygaldry.jobs.paths import RunFiles

ERROR = b"src/a.cc:3:1: error: unknown type name 'foo'\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log"
    path.touch()
    return path


@pytest.fixture
def unthrottled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse the position at every poll, however much CPU time the last one took."""
    monkeypatch.setattr("sygaldry.jobs.observe._PROGRESS_SHARE", 0)


def observer(log: Path, known: frozenset[int] = frozenset()) -> Observer:
    return Observer(str(log), 0.0, known, [])


def append(log: Path, text: bytes) -> None:
    with log.open("ab") as file:
        file.write(text)


def records(record: list[Record], *events: str) -> list[Record]:
    return [each for each in record if each["event"] in events]


@pytest.mark.usefixtures("unthrottled")
def test_a_phase_is_told_when_it_begins_and_not_again(log: Path) -> None:
    observer_ = observer(log)
    append(log, b"[1/40] Building a.o\n")
    (begun,) = records([*observer_.poll(1.0)], "phase")
    assert (begun["tool"], begun["phase"], begun["done"], begun["total"]) == ("ninja", "build", 1, 40)
    append(log, b"[2/40] Building b.o\n")
    record = [*observer_.poll(2.0)]
    assert not records(record, "phase")
    at = {"event": "at", "tool": "ninja", "done": 2, "total": 40, "step": "Building b.o"}
    assert records(record, "at") == [{**at, "eta_s": None}], "one step since the first shows no pace"
    assert [*observer_.poll(3.0)] == [], "nothing is new"


@pytest.mark.usefixtures("unthrottled")
def test_the_rest_is_estimated_while_a_long_warning_hides_the_count(log: Path) -> None:
    observer_ = observer(log)
    observed: list[Record] = []
    for step in range(1, 21):
        append(log, b"[%d/40] Building x%d.o\n" % (step, step))
        observed = records([*observer_.poll(30.0 + step)], "at")
    (counted,) = observed
    assert (counted["done"], counted["eta_s"]) == (20, 20), "the half minute before the first step is no part of it"
    append(log, b"note: in expansion of a template\n" * 1000)
    (hidden,) = records([*observer_.poll(51.0)], "at")
    assert hidden["eta_s"] == pytest.approx(20, abs=2)


def test_the_first_error_and_warning_of_a_kind_are_told_with_their_place(log: Path) -> None:
    observer_ = observer(log)
    append(log, b"fine\n" + ERROR + ERROR + b"x.c:9:2: warning: unused variable [-Wunused-variable]\n")
    record = records([*observer_.poll(1.0)], "error", "warning")
    assert [(each["event"], each["kind"], each["at"]) for each in record] == [
        ("error", "compilers", 5),
        ("warning", "-Wunused-variable", 5 + 2 * len(ERROR)),
    ]
    append(log, ERROR.replace(b":3:1:", b":77:5:"))
    assert not records([*observer_.poll(2.0)], "error"), "the same but for its numbers"


def test_a_line_is_read_once_it_is_whole_or_the_job_is_over(log: Path) -> None:
    observer_ = observer(log)
    append(log, ERROR[:20])
    assert not records([*observer_.poll(1.0)], "error")
    append(log, ERROR[20:-1])
    assert not records([*observer_.poll(2.0)], "error")
    assert len(records([*observer_.poll(3.0, finished=True)], "error")) == 1


def test_what_good_runs_print_too_is_no_news(log: Path, tmp_path: Path) -> None:
    good, now = (RunFiles(str(tmp_path), "j", f"2026010{day}T000000000Z") for day in (1, 2))
    observer_ = observer(log)
    append(log, ERROR)
    (record,) = records([*observer_.poll(1.0)], "error")
    ledger = Events(good.events)
    ledger.append("error", 0, key=record["key"], text="as told")
    ledger.append("exit", 0, state="DONE", rc=0)
    Events(now.events).append("submitted", 0)
    known = known_errors(good_runs(str(tmp_path), "j", now.run))
    assert known == {record["key"]}
    assert not records([*observer(log, known).poll(1.0)], "error")


def test_a_flood_is_looked_at_from_its_end_and_told_in_part(log: Path) -> None:
    observer_ = observer(log)
    append(log, b"line\n" * 400_000 + b"".join(b"a.c:%d:1: error: no member %s\n" % (n, b"x" * n) for n in range(60)))
    record = records([*observer_.poll(1.0)], "error")
    assert 0 < len(record) <= 5, "five of a kind are enough"
    append(log, os.urandom(3 << 20))
    assert not records([*observer_.poll(2.0)], "phase"), "binary output tells nothing and breaks nothing"
