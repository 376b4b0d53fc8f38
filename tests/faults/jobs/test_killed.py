"""Killed processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.faults.jobs._supervised import PROGRAM, UP, Start, until, wait

from sygaldry.flows.job.stop import job_stop


def test_a_killed_supervisor_leaves_an_orphan_whose_exit_code_still_comes(start: Start) -> None:
    run = start(UP + "sleep 1; echo last; exit 7").up()
    os.kill(run.supervisor(), signal.SIGKILL)
    until(lambda: run.state == "ORPHANED", "the orphan to be seen")
    assert wait(run) == 1
    assert (run.state, run.seen.code, run.log) == ("FAILED", 7, b"up\nlast\n")
    run.assert_whole()


def test_a_killed_command_is_failed_by_its_signal(start: Start) -> None:
    run = start(UP + "exec sleep 600").up()
    os.kill(run.command(), signal.SIGKILL)
    assert wait(run) == 1
    assert (run.state, run.seen.code) == ("FAILED", 137)
    run.assert_whole()


def test_a_supervisor_that_fails_itself_leaves_the_command_alone(start: Start) -> None:
    run = start("echo up; sleep 0.5; echo end; exit 3", stall_s="not a number").up()
    assert wait(run) == 1
    assert (run.state, run.seen.code) == ("FAILED", 3)
    assert run.log == b"up\nend\n"


def test_a_killed_shell_is_reported_as_killed(start: Start) -> None:
    run = start(UP + "sleep 600").up()
    os.kill(run.shim(), signal.SIGKILL)
    assert wait(run) == 1
    assert (run.state, run.seen.code) == ("FAILED", 137)


def test_supervisor_and_command_killed_together_are_failed_or_lost_and_never_running(start: Start) -> None:
    run = start(UP + "exec sleep 600").up()
    supervisor, command = run.supervisor(), run.command()
    os.kill(supervisor, signal.SIGKILL)
    os.kill(command, signal.SIGKILL)
    assert run.ended().state in {"FAILED", "LOST"}
    assert wait(run) in {1, 4}


def test_everything_killed_at_once_is_lost_and_says_so(start: Start) -> None:
    run = start(UP + "exec sleep 600").up()
    run.end()
    assert wait(run) == 4
    assert run.state == "LOST"
    assert "there is no exit code" in run.seen.why
    run.assert_whole()


def test_a_killed_anchor_changes_nothing_where_no_container_depends_on_it(start: Start) -> None:
    run = start(UP + "sleep 0.5; exit 5").up()
    run.anchor.kill()
    run.anchor.wait()
    assert wait(run) == 1
    assert run.seen.code == 5


def test_an_orphan_whose_exit_code_cannot_be_written_is_reported_by_its_shell(start: Start) -> None:
    run = start(UP + "sleep 1; exit 7").up()
    os.kill(run.supervisor(), signal.SIGKILL)
    Path(run.paths.code()).mkdir()
    assert wait(run) == 1
    assert (run.state, run.seen.code) == ("FAILED", 7)


def test_an_orphan_can_be_stopped(start: Start) -> None:
    run = start(UP + "setsid sleep 600 & sleep 600").up()
    os.kill(run.supervisor(), signal.SIGKILL)
    until(lambda: run.state == "ORPHANED", "the orphan to be seen")
    report = job_stop(run.paths.folder, run.paths.job)
    assert report.data["state"] == "STOPPED"
    assert wait(run) == 3
    run.anchor.wait(10)


EARLY = """
import os, signal, sys, time
sys.path[:0] = [sys.argv[1]]
from sygaldry.supervisor.anchor import anchor
from sygaldry.supervisor.run_files import RunFiles
child = os.fork()
if not child:
    os.kill(os.getpid(), signal.SIGKILL)
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
sys.exit(anchor(RunFiles(sys.argv[2], "j", "20260101T000000000Z"), child, time.monotonic(), None, {}))
"""


def test_a_supervisor_killed_before_anybody_listened_is_noticed(tmp_path: Path) -> None:
    source = PROGRAM.parents[2]
    words = [sys.executable, "-I", "-S", "-c", EARLY, str(source), str(tmp_path)]
    assert subprocess.run(words, check=False, timeout=20).returncode == 125
