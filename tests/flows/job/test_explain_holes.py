"""Logs with holes, which a file system does not store."""

from pathlib import Path

import pytest

from sygaldry.flows.job.explain_log import LogRequest, explain_log

LOG = "building\n" * 9 + "src/a.c:7:3: error: no member named x\nmake: *** [all] Error 1\n"


HEAD = "exited 2: src/a.c:7:3 does not compile"


def test_a_log_with_a_hole_is_read_around_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        file.write(b"start\n")
        file.truncate(3 << 30)
        file.seek(0, 2)
        file.write(LOG.encode())
    assert explain_log(LogRequest((str(path),), "2")).lines[1].startswith("11: ")


HOLE = 5 << 30


@pytest.mark.parametrize(
    "typed",
    [{"tokens": "2000"}, {"since": "2026-11-28T05:30:00"}, {"good": "log"}],
    ids=["outline", "since", "good"],
)
def test_every_option_reads_around_a_hole(tmp_path: Path, typed: dict[str, str]) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        file.write(b"2026-11-28T05:00:00Z start\n")
        file.truncate(HOLE)
        file.seek(0, 2)
        file.write(b"\n2026-11-28T06:00:00Z again\n" + LOG.encode())
    if "good" in typed:
        typed = {"good": str(path)}
    lines = explain_log(LogRequest((str(path),), "2", **typed)).lines
    assert any(line.startswith("13: src/a.c:7:3: error") for line in lines)


@pytest.mark.parametrize("tokens", ["200", "2000"])
def test_a_hole_at_the_end_is_no_part_of_a_log(tmp_path: Path, tokens: str) -> None:
    path = tmp_path / "log"
    path.write_text(LOG)
    with path.open("r+b") as file:
        file.truncate(HOLE)
    lines = explain_log(LogRequest((str(path),), "2", tokens=tokens)).lines
    assert lines[0].startswith(HEAD)
    assert lines[1].startswith("10: ")
    assert not any(line.startswith("12:") for line in lines)


def test_a_log_that_is_only_a_hole_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        file.truncate(HOLE)
    assert "the log is empty" in explain_log(LogRequest((str(path),), "1")).lines[0]
