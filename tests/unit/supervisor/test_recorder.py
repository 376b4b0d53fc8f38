"""The recorder masks secrets, leaves a newer run's status alone, and survives a full disk."""

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from sygaldry.supervisor.ledger import Events
from sygaldry.supervisor.recorder import RunRecorder
from sygaldry.supervisor.run_files import RunFiles

OLD, NEW = "20260101T000000000Z", "20260102T000000000Z"


def recorder(folder: Path, run: str = OLD, secrets: tuple[bytes, ...] = ()) -> RunRecorder:
    return RunRecorder(RunFiles(str(folder), "j", run), secrets=secrets)


def test_secrets_are_masked_in_events_and_in_the_status(tmp_path: Path) -> None:
    made = recorder(tmp_path, secrets=(b"hunter22",))
    made.event("error", 0, text="password hunter22", at=5)
    made.write_status("PROGRESS", {}, step="using hunter22")
    (event,) = map(json.loads, Path(made.paths.events).read_text().splitlines())
    assert (event["text"], event["at"]) == ("password ***", 5)
    assert Path(made.paths.status).read_text().endswith("step=using ***\n")


def test_the_status_of_a_newer_run_is_left_alone(tmp_path: Path) -> None:
    recorder(tmp_path, NEW).write_status("PROGRESS", {})
    recorder(tmp_path, OLD).write_status("DONE", {})
    assert f"run={NEW}" in (tmp_path / "j.status").read_text()


def test_a_full_disk_costs_the_ballast_and_not_the_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = recorder(tmp_path)
    append = Events.append

    def full(*words: Any, **facts: Any) -> None:
        if Path(made.paths.ballast).exists():
            raise OSError(errno.ENOSPC, "no space")
        append(*words, **facts)

    monkeypatch.setattr(Events, "append", full)
    made.event("exit", 0, state="DONE")
    assert '"event":"exit"' in Path(made.paths.events).read_text()
    assert not Path(made.paths.ballast).exists()


def test_a_disk_that_stays_full_never_ends_the_supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = recorder(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(Events, "append", full)
    monkeypatch.setattr("sygaldry.supervisor.recorder.replace", full)
    made.event("exit", 0)
    made.write_status("DONE", {})
    assert not Path(made.paths.status).exists()


def test_closing_releases_the_ballast(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    assert Path(made.paths.ballast).stat().st_size == 64 << 10
    made.close()
    made.close()
    assert not Path(made.paths.ballast).exists()


def test_the_ballast_is_private(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    assert Path(made.paths.ballast).stat().st_mode & 0o777 == 0o600
