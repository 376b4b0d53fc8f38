"""Two at once, and strangers."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.faults.jobs._supervised import PROGRAM, UP, Start, wait

from sygaldry.flows.job.lookup import inspect_run
from sygaldry.flows.job.runner.final_state import finalize
from sygaldry.flows.job.stop import job_stop
from sygaldry.host.boot import boot_id
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles


def test_two_supervisors_of_one_run_do_not_run_it_twice(start: Start) -> None:
    run = start(UP + "sleep 7; exit 0", grace_s=1).up()
    second = subprocess.run(
        [sys.executable, "-I", "-S", *run.anchor.args[3:]],  # type: ignore[index]  # Popen.args is what we gave
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert second.returncode == 125
    assert "already has a supervisor" in second.stderr
    assert run.log == b"up\n"
    job_stop(run.paths.folder, run.paths.job)


def test_two_runs_of_one_job_at_once_are_distinguished(start: Start, tmp_path: Path) -> None:
    old = start(UP + "sleep 1; echo old; exit 3").up()
    time.sleep(0.01)
    new = start(UP + "sleep 0.1; echo new; exit 0").up()
    assert wait(new) == 0
    assert wait(old) == 1
    assert (old.log, new.log) == (b"up\nold\n", b"up\nnew\n")
    assert f"run={new.paths.run} " in (tmp_path / "jobs" / "j.status").read_text(), "the newest run has the status"


def test_a_run_that_was_given_up_before_it_began_never_begins(tmp_path: Path) -> None:
    names = RunFiles(str(tmp_path), "j", "20260101T000000000Z")
    Path(names.spec).write_text(json.dumps({"job": "j", "run": names.run, "argv": ["touch", str(tmp_path / "ran")]}))
    events.Events(names.events).append("submitted", 0, boot_id=boot_id(), host=os.uname().nodename)
    finalize(inspect_run(names))
    assert events.last(names.events, "exit")["state"] == "LOST"
    late = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), names.spec], capture_output=True, text=True, check=False, timeout=20
    )
    assert late.returncode == 125
    assert "already has a final state" in late.stderr
    assert not (tmp_path / "ran").exists()
    assert inspect_run(names).state == "LOST"


def test_a_foreign_spec_is_refused_and_never_done(tmp_path: Path) -> None:
    names = RunFiles(str(tmp_path), "j", "20260101T000000000Z")
    Path(names.spec).write_text(json.dumps({"job": "j"}))
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), names.spec], capture_output=True, check=False, timeout=20
    )
    assert done.returncode != 0
    assert not Path(names.code()).exists()


# A shim of pyenv is on PATH also where it answers nothing, so its own folder goes first.
_VERSIONS = Path(os.environ.get("PYENV_ROOT", "/root/.pyenv"), "versions")
OLDEST = next(iter(_VERSIONS.glob("3.8.*/bin/python3.8")), None) or shutil.which("python3.8")


@pytest.mark.skipif(not OLDEST, reason="no Python 3.8 here")
def test_the_supervisor_runs_on_the_oldest_python_promised(start: Start) -> None:
    run = start("echo up; exit 3", python=str(OLDEST))
    assert wait(run) == 1
    assert events.first(run.paths.events, "started")["python"].startswith("3.8")
