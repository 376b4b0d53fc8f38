"""Files and clocks."""

import os
from pathlib import Path

import pytest
from tests.faults.jobs._supervised import UP, Start, wait

from sygaldry.host.locks import is_held
from sygaldry.jobs import events


def test_another_boot_id_means_the_machine_was_restarted(start: Start) -> None:
    run = start(UP + "exec sleep 600").up()
    run.end()
    path = Path(run.paths.events)
    path.write_text(path.read_text().replace(events.first(run.paths.events, "submitted")["boot_id"], "another"))
    assert run.state == "LOST"
    assert "restarted" in run.seen.why
    assert wait(run) == 4


def test_a_reused_pid_fools_nobody(start: Start) -> None:
    run = start(UP + "exec sleep 600").up()
    run.end()
    events.Events(run.paths.events).append("started", 0, pid=os.getpid())
    assert run.state == "LOST", "no pid is ever looked at"


def test_a_clock_set_back_does_not_make_time_negative(start: Start) -> None:
    from sygaldry.flows.job.facts import facts

    run = start(UP + "exec sleep 600").up()
    path = Path(run.paths.events)
    path.write_text(path.read_text().replace('"ts":"20', '"ts":"21'))
    elapsed = facts(run.seen)["elapsed_s"]
    assert isinstance(elapsed, float)
    assert 0 <= elapsed < 60


@pytest.mark.parametrize("junk", ["", "garbage", "\0" * 300, "FAILED job=j run=", "DONE job=other run=x ts=y"])
def test_a_torn_status_file_is_not_believed(start: Start, junk: str) -> None:
    run = start(UP + "sleep 600").up()
    Path(run.paths.status).write_text(junk)
    assert run.state == "PROGRESS"
    run.end()


@pytest.mark.parametrize("junk", [b'{"v":1,"seq":3,"ev', b"\0" * 100, b"\xff\xfe\n{", b'{"event":"exit"'])
def test_a_torn_ledger_is_read_and_healed(start: Start, junk: bytes) -> None:
    run = start(UP + "sleep 0.4; exit 3").up()
    with Path(run.paths.events).open("ab") as file:
        file.write(junk)
    assert wait(run) == 1
    told = events.last(run.paths.events, "exit")
    assert (told["state"], told["rc"]) == ("FAILED", 3)


@pytest.mark.parametrize("junk", ["", "  ", "abc", "99999", "-1"])
def test_a_torn_exit_code_is_no_exit_code(start: Start, junk: str) -> None:
    run = start(UP + "exec sleep 600").up()
    run.end()
    Path(run.paths.code()).write_text(junk)
    assert (run.state, run.seen.code) == ("LOST", None)


def test_a_run_whose_files_are_removed_while_it_runs_ends_and_is_gone(start: Start) -> None:
    run = start(UP + "sleep 0.5; exit 0").up()
    for path in Path(run.paths.folder).iterdir():
        path.unlink()
    assert run.anchor.wait(20) is not None
    assert not is_held(run.paths.supervisor_lock)
