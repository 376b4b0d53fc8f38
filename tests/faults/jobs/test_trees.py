"""Trees of processes."""

import time
from pathlib import Path

from tests.faults.jobs._supervised import UP, Start, until, wait

from sygaldry.flows.job.stop import job_stop


def test_stop_ends_two_hundred_processes_and_those_in_sessions_of_their_own(start: Start) -> None:
    script = UP + "i=0; while [ $i -lt 100 ]; do setsid sleep 600 & sleep 600 & i=$((i+1)); done; echo all; wait"
    run = start(script, grace_s=2).up(b"all")
    marks = {path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if _descends(path, run.anchor.pid)}
    assert len(marks) >= 200
    assert job_stop(run.paths.folder, run.paths.job).data["state"] == "STOPPED"
    run.anchor.wait(10)
    assert not [pid for pid in marks if _is_sleep(pid)]


def _descends(path: Path, root: int) -> bool:
    pid = path.parent.name
    for _ in range(6):
        if pid == str(root):
            return True
        try:
            pid = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1]
        except OSError:
            return False
    return False


def _is_sleep(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() == b"sleep\x00600\x00"
    except OSError:
        return False


def test_a_grandchild_that_ignores_signals_is_killed_after_the_grace(start: Start) -> None:
    run = start("trap '' TERM; " + UP + "while :; do sleep 0.1; done", grace_s=0.5).up()
    begun = time.monotonic()
    assert job_stop(run.paths.folder, run.paths.job).data["state"] == "STOPPED"
    assert time.monotonic() - begun < 8


def test_output_after_the_end_by_a_grandchild_is_cut_off_with_it(start: Start) -> None:
    run = start("(setsid sh -c 'sleep 1; echo late' &) ; echo done; exit 0")
    assert wait(run) == 0
    until(lambda: run.anchor.poll() is not None, "the anchor to end")
    size = len(run.log)
    time.sleep(1.2)
    assert run.log == b"done\n"
    assert len(run.log) == size
