"""Disks."""

import os
import signal
from pathlib import Path

import pytest
from tests.faults.jobs._disk import break_off, breakable, mounted
from tests.faults.jobs._supervised import UP, Start, wait

from sygaldry.diagnosis import Memory
from sygaldry.explain import explain
from sygaldry.flows.job.explain import facts_of
from sygaldry.jobs import events


def test_a_disk_that_turns_read_only_never_makes_a_job_look_done_and_is_reported(start: Start, tmp_path: Path) -> None:
    with breakable(tmp_path / "ro") as folder:
        run = start(UP + "sleep 1; exit 0", folder=folder / "jobs").up()
        break_off(folder)
        truth = run.ended().verdict
        assert (truth.state, truth.code, truth.by) == ("LOST", None, "machine")
        assert "storage cannot be written" in truth.why
        run.assert_whole()


def test_a_full_disk_costs_the_output_but_not_the_exit_code(start: Start, tmp_path: Path) -> None:
    with mounted(tmp_path / "full", "1m") as folder:
        run = start(
            UP + "sleep 0.3; head -c 3000000 /dev/zero | tr '\\0' x; sleep 0.3; exit 4", folder=folder / "jobs"
        ).up()
        assert wait(run) == 1
        assert run.seen.code == 4
        assert run.state == "FAILED"
        run.assert_whole()


def test_a_disk_that_a_command_fills_within_a_second_is_recorded_when_it_fails(start: Start, tmp_path: Path) -> None:
    with mounted(tmp_path / "scratch", "12m") as folder:
        run = start(UP + f"head -c 30000000 /dev/zero > {folder}/part 2>/dev/null || exit 9").up()
        assert wait(run) == 1
        assert events.last(run.paths.events, "at-failure")["full"] == [str(folder)]
        facts = facts_of(run.seen)
        assert (facts.disk_full, facts.full_disk) == (True, str(folder))
        cause = explain(Memory(run.log), facts)
        assert cause is not None
        assert cause.says == f"the disk is full: {folder}"


def test_a_kill_is_reported_with_the_memory_that_was_free(start: Start) -> None:
    run = start(UP + "kill -9 $$").up()
    assert wait(run) == 1
    cause = explain(Memory(run.log), facts_of(run.seen))
    assert cause is not None
    assert "killed by SIGKILL" in cause.says
    assert "iB were free after it ended" in cause.says


def test_a_disk_that_was_full_before_is_not_blamed(start: Start, tmp_path: Path) -> None:
    with mounted(tmp_path / "scratch", "2m") as folder:
        (folder / "part").write_bytes(bytes(2 << 20))
        run = start(UP + "exit 9").up()
        assert wait(run) == 1
        assert events.last(run.paths.events, "at-failure")["full"] == []


def test_a_piped_log_outlives_a_full_disk_and_reports_what_it_dropped(start: Start, tmp_path: Path) -> None:
    with mounted(tmp_path / "full", "1m") as folder:
        script = UP + "sleep 0.3; head -c 3000000 /dev/zero | tr '\\0' x && exit 4"
        run = start(script, folder=folder / "jobs", log_mode="pipe").up()
        assert wait(run) == 1
        assert (run.state, run.seen.code) == ("FAILED", 4)
        assert events.last(run.paths.events, "dropped")["bytes"] > 1_000_000
        run.assert_whole()


def test_a_piped_log_is_whole_and_shows_no_secret_though_its_supervisor_is_killed(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPED_MASK", "hunter2-and-more")
    script = UP + "sleep 0.5; seq 100000; printf 'is hunter2'; sleep 0.2; echo -and-more; exit 3"
    run = start(script, log_mode="pipe", mask=["PIPED_MASK"]).up()
    os.kill(run.supervisor(), signal.SIGKILL)
    assert wait(run) == 1
    assert (run.state, run.seen.code) == ("FAILED", 3)
    assert run.log == b"up\n" + b"".join(b"%d\n" % n for n in range(1, 100001)) + b"is ***\n"
