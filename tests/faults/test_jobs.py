"""Whatever is killed, full, torn or hostile: the state of a job is true, its exit code known or honestly unknown.

docs/reference/fault-matrix.md is made from the names of these tests; each says the fault and what is told of it.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults._supervised import Supervised, until

from sygaldry.flows import _job_log
from sygaldry.flows.job_logs import Part, job_logs
from sygaldry.flows.job_stop import job_stop
from sygaldry.flows.job_wait import Until, job_wait
from sygaldry.host.locks import is_held
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names

Start = Callable[..., Supervised]
UP = "echo up; "


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start supervised runs in a folder of their own; none outlives the test."""
    started: list[Supervised] = []

    def begin(script: str, *, folder: Path = tmp_path / "jobs", **more: Any) -> Supervised:
        started.append(Supervised(folder, script, **more))
        return started[-1]

    yield begin
    for each in started:
        each.end()


def wait(run: Supervised, timeout_s: float = 20) -> int:
    """Answer as `job wait` does."""
    folder, job = run.names.folder, run.names.job
    return job_wait(folder, (job,), Until(run=run.names.run, timeout_s=timeout_s)).exit_code


def test_a_killed_supervisor_leaves_an_orphan_whose_exit_code_still_comes(start: Start) -> None:
    run = start(UP + "sleep 1; echo last; exit 7").up()
    os.kill(run.supervisor(), signal.SIGKILL)
    until(lambda: run.state == "ORPHANED", "the orphan to be seen")
    assert wait(run) == 1
    assert (run.state, run.seen.truth.code, run.log) == ("FAILED", 7, b"up\nlast\n")
    run.assert_whole()


def test_a_killed_supervisor_at_a_random_moment_never_costs_the_log_or_the_code(start: Start, tmp_path: Path) -> None:
    for number in range(8):
        run = start("for i in 1 2 3 4 5 6; do echo $i; sleep 0.05; done; exit 9", folder=tmp_path / str(number)).up(
            b"1"
        )
        time.sleep(random.random() * 0.3)  # noqa: S311 - a moment, not a secret
        if pid := run.supervisor():
            os.kill(pid, signal.SIGKILL)
        assert wait(run) == 1
        assert (run.seen.truth.code, run.log) == (9, b"1\n2\n3\n4\n5\n6\n")
        run.assert_whole()


def test_a_killed_command_is_failed_by_its_signal(start: Start) -> None:
    run = start(UP + "exec sleep 600").up()
    os.kill(run.command(), signal.SIGKILL)
    assert wait(run) == 1
    assert (run.state, run.seen.truth.code) == ("FAILED", 137)
    run.assert_whole()


def test_a_log_holds_no_word_that_the_command_did_not_print(start: Start) -> None:
    run = start("printf up; kill -9 $$")
    assert wait(run) == 1
    assert run.log == b"up"


def test_a_supervisor_that_fails_itself_leaves_the_command_alone(start: Start) -> None:
    run = start("echo up; sleep 0.5; echo end; exit 3", stall_s="not a number").up()
    assert wait(run) == 1
    assert (run.state, run.seen.truth.code) == ("FAILED", 3)
    assert run.log == b"up\nend\n"


def test_a_killed_shell_is_told_as_killed(start: Start) -> None:
    run = start(UP + "sleep 600").up()
    os.kill(run.shim(), signal.SIGKILL)
    assert wait(run) == 1
    assert (run.state, run.seen.truth.code) == ("FAILED", 137)


def test_supervisor_and_command_killed_together_are_failed_or_lost_and_never_running(start: Start) -> None:
    run = start(UP + "exec sleep 600").up()
    supervisor, command = run.supervisor(), run.command()
    os.kill(supervisor, signal.SIGKILL)
    os.kill(command, signal.SIGKILL)
    assert run.ended().truth.state in {"FAILED", "LOST"}
    assert wait(run) in {1, 4}


def test_everything_killed_at_once_is_lost_and_says_so(start: Start) -> None:
    run = start(UP + "exec sleep 600").up()
    run.end()
    assert wait(run) == 4
    assert run.state == "LOST"
    assert "no exit code was left" in run.seen.truth.why
    run.assert_whole()


def test_a_killed_anchor_changes_nothing_where_no_container_depends_on_it(start: Start) -> None:
    run = start(UP + "sleep 0.5; exit 5").up()
    run.anchor.kill()
    run.anchor.wait()
    assert wait(run) == 1
    assert run.seen.truth.code == 5


def test_an_orphan_can_be_stopped(start: Start) -> None:
    run = start(UP + "setsid sleep 600 & sleep 600").up()
    os.kill(run.supervisor(), signal.SIGKILL)
    until(lambda: run.state == "ORPHANED", "the orphan to be seen")
    report = job_stop(run.names.folder, run.names.job)
    assert report.data["state"] == "STOPPED"
    assert wait(run) == 3
    run.anchor.wait(10)


def test_stop_ends_two_hundred_processes_and_those_in_sessions_of_their_own(start: Start) -> None:
    script = UP + "i=0; while [ $i -lt 100 ]; do setsid sleep 600 & sleep 600 & i=$((i+1)); done; echo all; wait"
    run = start(script, grace_s=2).up(b"all")
    marks = {path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if _descends(path, run.anchor.pid)}
    assert len(marks) >= 200
    assert job_stop(run.names.folder, run.names.job).data["state"] == "STOPPED"
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
    assert job_stop(run.names.folder, run.names.job).data["state"] == "STOPPED"
    assert time.monotonic() - begun < 8


def test_output_after_the_end_by_a_grandchild_is_cut_off_with_it(start: Start) -> None:
    run = start("(setsid sh -c 'sleep 1; echo late' &) ; echo done; exit 0")
    assert wait(run) == 0
    until(lambda: run.anchor.poll() is not None, "the anchor to end")
    size = len(run.log)
    time.sleep(1.2)
    assert run.log == b"done\n"
    assert len(run.log) == size


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
    job_stop(run.names.folder, run.names.job)


def test_two_runs_of_one_job_at_once_are_told_apart(start: Start, tmp_path: Path) -> None:
    old = start(UP + "sleep 1; echo old; exit 3").up()
    time.sleep(0.01)
    new = start(UP + "sleep 0.1; echo new; exit 0").up()
    assert wait(new) == 0
    assert wait(old) == 1
    assert (old.log, new.log) == (b"up\nold\n", b"up\nnew\n")
    assert f"run={new.names.run} " in (tmp_path / "jobs" / "j.status").read_text(), "the newest run has the status"


def test_another_boot_id_means_the_machine_was_restarted(start: Start) -> None:
    run = start(UP + "exec sleep 600").up()
    run.end()
    path = Path(run.names.events)
    path.write_text(path.read_text().replace(events.first(run.names.events, "submitted")["boot_id"], "another"))
    assert run.state == "LOST"
    assert "restarted" in run.seen.truth.why
    assert wait(run) == 4


def test_a_reused_pid_fools_nobody(start: Start) -> None:
    run = start(UP + "exec sleep 600").up()
    run.end()
    events.Events(run.names.events).append("started", 0, pid=os.getpid())
    assert run.state == "LOST", "no pid is ever looked at"


def test_a_clock_set_back_does_not_make_time_negative(start: Start) -> None:
    from sygaldry.flows.job_status import facts

    run = start(UP + "exec sleep 600").up()
    path = Path(run.names.events)
    path.write_text(path.read_text().replace('"ts":"20', '"ts":"21'))
    elapsed = facts(run.seen)["elapsed_s"]
    assert isinstance(elapsed, float)
    assert 0 <= elapsed < 60


@pytest.mark.parametrize("junk", ["", "garbage", "\0" * 300, "FAILED job=j run=", "DONE job=other run=x ts=y"])
def test_a_torn_status_file_is_not_believed(start: Start, junk: str) -> None:
    run = start(UP + "sleep 600").up()
    Path(run.names.status).write_text(junk)
    assert run.state == "PROGRESS"
    run.end()


@pytest.mark.parametrize("junk", [b'{"v":1,"seq":3,"ev', b"\0" * 100, b"\xff\xfe\n{", b'{"event":"exit"'])
def test_a_torn_ledger_is_read_and_healed(start: Start, junk: bytes) -> None:
    run = start(UP + "sleep 0.4; exit 3").up()
    with Path(run.names.events).open("ab") as file:
        file.write(junk)
    assert wait(run) == 1
    told = events.last(run.names.events, "exit")
    assert (told["state"], told["rc"]) == ("FAILED", 3)


@pytest.mark.parametrize("junk", ["", "  ", "abc", "99999", "-1"])
def test_a_torn_exit_code_is_no_exit_code(start: Start, junk: str) -> None:
    run = start(UP + "exec sleep 600").up()
    run.end()
    Path(run.names.code()).write_text(junk)
    assert (run.state, run.seen.truth.code) == ("LOST", None)


def test_a_run_whose_files_are_removed_while_it_runs_ends_and_is_gone(start: Start) -> None:
    run = start(UP + "sleep 0.5; exit 0").up()
    for path in Path(run.names.folder).iterdir():
        path.unlink()
    assert run.anchor.wait(20) is not None
    assert not is_held(run.names.supervisor_lock)


def test_a_read_only_folder_never_makes_a_job_look_done(start: Start, tmp_path: Path) -> None:
    with mounted(tmp_path / "ro", "1m") as folder:
        run = start(UP + "sleep 1; exit 0", folder=folder / "jobs").up()
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=False, capture_output=True)
        run.end()
        assert run.ended().truth.state == "LOST"


def test_a_full_disk_costs_the_output_but_not_the_exit_code(start: Start, tmp_path: Path) -> None:
    with mounted(tmp_path / "full", "1m") as folder:
        run = start(
            UP + "sleep 0.3; head -c 3000000 /dev/zero | tr '\\0' x; sleep 0.3; exit 4", folder=folder / "jobs"
        ).up()
        assert wait(run) == 1
        assert run.seen.truth.code == 4
        assert run.state == "FAILED"
        run.assert_whole()


def test_a_piped_log_outlives_a_full_disk_and_tells_what_it_dropped(start: Start, tmp_path: Path) -> None:
    with mounted(tmp_path / "full", "1m") as folder:
        script = UP + "sleep 0.3; head -c 3000000 /dev/zero | tr '\\0' x && exit 4"
        run = start(script, folder=folder / "jobs", log_mode="pipe").up()
        assert wait(run) == 1
        assert (run.state, run.seen.truth.code) == ("FAILED", 4)
        assert events.last(run.names.events, "dropped")["bytes"] > 1_000_000
        run.assert_whole()


def test_a_piped_log_is_whole_and_shows_no_secret_though_its_supervisor_is_killed(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPED_MASK", "hunter2-and-more")
    script = UP + "sleep 0.5; seq 100000; printf 'is hunter2'; sleep 0.2; echo -and-more; exit 3"
    run = start(script, log_mode="pipe", mask=["PIPED_MASK"]).up()
    os.kill(run.supervisor(), signal.SIGKILL)
    assert wait(run) == 1
    assert (run.state, run.seen.truth.code) == ("FAILED", 3)
    assert run.log == b"up\n" + b"".join(b"%d\n" % n for n in range(1, 100001)) + b"is ***\n"


class mounted:  # noqa: N801 - read as a word: with mounted(folder):
    """A small disk of its own; skipped where this user may not mount."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder, self.size = folder, size

    def __enter__(self) -> Path:
        self.folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={self.size}", "tmpfs", str(self.folder)],
            check=False,
            capture_output=True,
        )
        if done.returncode:
            pytest.skip("this user may not mount a small disk")
        return self.folder

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=False, capture_output=True)


def shown(run: Supervised) -> list[str]:
    """Read a log as `job logs` does."""
    lines: list[str] = []
    job_logs(run.names.folder, run.names.job, run.names.run, Part(), lines.append)
    return lines


def test_a_million_lines_are_all_there(start: Start) -> None:
    run = start("seq 1000000")
    assert wait(run, 60) == 0
    assert run.log.count(b"\n") == 1_000_000
    assert run.log.endswith(b"\n1000000\n")
    assert _job_log.end_of(run.names.log(), 2) == ["999999", "1000000"]


def test_a_line_of_sixty_four_mebibytes_is_kept_whole_and_shown_clipped(start: Start) -> None:
    run = start("head -c 67108864 /dev/zero | tr '\\0' x; echo; echo end")
    assert wait(run, 60) == 0
    assert Path(run.names.log()).stat().st_size == 67108864 + 5
    first, last = shown(run)
    assert (first[:400], last) == ("x" * 400, "end")
    assert len(first) < 500
    assert _job_log.end_of(run.names.log(), 1) == ["end"]


def test_nul_bytes_and_invalid_utf8_are_kept_and_shown_harmlessly(start: Start) -> None:
    run = start(r"""head -c 5000 /dev/zero; echo; printf '\377\376 \033[31mred\033[0m\n'; exit 2""")
    assert wait(run) == 1
    assert run.log == bytes(5000) + b"\n\xff\xfe \x1b[31mred\x1b[0m\n"
    assert shown(run) == ["[binary 5000 bytes]", "\ufffd\ufffd red"]
    run.assert_whole()


def test_a_long_log_is_bounded_and_its_offsets_stay_true(start: Start) -> None:
    run = start("seq 2000000; sleep 2; echo end", log_max=4 << 20)
    assert wait(run, 60) == 0
    status = Path(run.names.log()).stat()
    whole = sum(len(str(number)) + 1 for number in range(1, 2000001)) + 4
    assert status.st_size == whole
    if not events.last(run.names.events, "log-trimmed"):
        pytest.skip("this file system punches no holes")
    assert status.st_blocks * 512 < 6 << 20
    lines = shown(run)
    assert (lines[0], lines[-1]) == ("1", "end")
    assert any("were taken out" in line for line in lines)


def test_a_time_limit_ends_it_and_says_who(start: Start) -> None:
    run = start(UP + "sleep 600", timeout_s=0.5, grace_s=1)
    assert wait(run) == 6
    assert (run.state, run.seen.truth.by) == ("TIMEOUT", "runner")


def test_an_idle_limit_counts_from_the_last_output(start: Start) -> None:
    run = start("for i in 1 2 3 4 5 6; do echo $i; sleep 0.3; done; sleep 600", idle_timeout_s=1.2, grace_s=1)
    assert wait(run) == 6
    assert run.log.startswith(b"1\n2\n3\n4\n5\n6\n")


def test_silence_is_told_as_a_stall_and_its_end(start: Start) -> None:
    run = start("echo up; sleep 3; echo again; sleep 1.5", stall_s=1)
    assert wait(run) == 0
    kinds = [each["event"] for each in events.read_events(run.names.events)]
    assert kinds.index("stall") < kinds.index("resumed")


def test_a_signal_to_the_supervisor_reaches_the_command(start: Start) -> None:
    run = start("trap 'echo got; exit 42' USR1; echo up; while :; do sleep 0.1; done").up()
    os.kill(run.anchor.pid, signal.SIGUSR1)
    assert wait(run) == 1
    assert run.seen.truth.code == 42
    assert run.log.endswith(b"got\n"), "the shell may tell of its own sleep, which got it too"


def test_a_signal_from_outside_that_ends_it_is_told_as_one_and_not_retried(start: Start) -> None:
    run = start(UP + "exec sleep 600", retries=3).up()
    os.kill(run.anchor.pid, signal.SIGTERM)
    assert wait(run) == 1
    told = events.last(run.names.events, "exit")
    assert (told["state"], told["rc"], told["by"], told["attempt"]) == ("FAILED", 143, "machine", 1)


def test_retries_keep_each_attempt_and_stop_when_told(start: Start) -> None:
    run = start("echo try; exit 5", retries=2, backoff_s=0.1)
    assert wait(run) == 1
    assert [Path(run.names.log(number)).read_bytes() for number in (1, 2, 3)] == [b"try\n"] * 3
    assert [each["attempt"] for each in events.read_events(run.names.events) if each["event"] == "retry"] == [1, 2]


def test_a_wait_is_woken_at_once(start: Start) -> None:
    run = start(UP + "sleep 0.5; date +%s.%N").up()
    assert wait(run) == 0
    woken = time.time()
    assert woken - float(run.log.split()[1]) < 1.5, "the benchmark has the figure; this catches a poll of seconds"


# A shim of pyenv is on PATH also where it answers nothing, so its own folder goes first.
_VERSIONS = Path(os.environ.get("PYENV_ROOT", "/root/.pyenv"), "versions")
OLDEST = next(iter(_VERSIONS.glob("3.8.*/bin/python3.8")), None) or shutil.which("python3.8")


@pytest.mark.skipif(not OLDEST, reason="no Python 3.8 here")
def test_the_supervisor_runs_on_the_oldest_python_promised(start: Start) -> None:
    run = start("echo up; exit 3", python=str(OLDEST))
    assert wait(run) == 1
    assert events.first(run.names.events, "started")["python"].startswith("3.8")


def test_a_foreign_spec_is_refused_and_never_done(tmp_path: Path) -> None:
    names = Names(str(tmp_path), "j", "20260101T000000000Z")
    Path(names.spec).write_text(json.dumps({"job": "j"}))
    program = Path(__file__).parents[2] / "src/sygaldry/supervisor/supervise.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), names.spec], capture_output=True, check=False, timeout=20
    )
    assert done.returncode != 0
    assert not Path(names.code()).exists()
