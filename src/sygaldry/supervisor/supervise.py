"""Supervise one run of a job: python3 -I -S supervise.py SPEC.json.

Two processes: the parent only waits (the anchor: a container lives as long as it does); its child holds the
supervisor's lock and does the work. When the child is killed, the command continues under its shell, which writes
the exit code. The anchor stays until then and still obeys `stop`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))]

from sygaldry.supervisor import locks, process_tree, syscalls  # noqa: E402 - importable after the line above
from sygaldry.supervisor.anchor import CANNOT, anchor  # noqa: E402
from sygaldry.supervisor.attempt import Attempt  # noqa: E402
from sygaldry.supervisor.lease import SupersededError  # noqa: E402
from sygaldry.supervisor.ledger import has_exit_event, sync_folder  # noqa: E402
from sygaldry.supervisor.log_pipe import secrets  # noqa: E402
from sygaldry.supervisor.outcome import verdict  # noqa: E402
from sygaldry.supervisor.recorder import RunRecorder  # noqa: E402
from sygaldry.supervisor.retry import RetryPolicy  # noqa: E402
from sygaldry.supervisor.run_files import RunFiles  # noqa: E402
from sygaldry.supervisor.signals import EventLoop  # noqa: E402

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(path: str) -> int:
    """Run a spec to its end; returns the exit code of the last attempt."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        spec = json.load(file)
    paths = _files_of(os.path.dirname(os.path.abspath(path)), spec["job"], spec["run"])
    syscalls.adopt_orphans()
    pipe = os.pipe() if spec.get("log_mode") == "pipe" else None
    anchor_fd = locks.take(paths.anchor_lock, tries=1)
    child = os.fork()
    if child:
        return anchor(paths, child, time.monotonic(), pipe, spec)
    try:
        if anchor_fd >= 0:
            os.close(anchor_fd)
        os.setsid()
        code = _supervise_alone(paths, spec, pipe)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    except BaseException:  # noqa: BLE001 - no fault of ours may end the command
        sys.excepthook(*sys.exc_info())
    finally:
        # The anchor treats a failed supervisor like a killed one and waits for the command.
        os.kill(os.getpid(), signal.SIGKILL)
    return CANNOT


def _supervise_alone(paths: RunFiles, spec: dict[str, Any], pipe: tuple[int, int] | None) -> int:
    """Supervise as long as no newer start of the run has begun; that one's files are left alone."""
    try:
        return supervise(paths, spec, pipe)
    except SupersededError:
        process_tree.kill_all(os.getpid())
        sys.stderr.write(f"sygaldry: a newer start of run {paths.run} of {paths.job} has begun; this one ends\n")
        return CANNOT


def _files_of(folder: str, job: str, run: str) -> RunFiles:
    """Return the files of a run; `folder` is its own folder, or that of all runs in ledgers of the first release."""
    parent, name = os.path.split(folder)
    return RunFiles(parent if name == f"{job}-{run}" else folder, job, run)


def supervise(paths: RunFiles, spec: dict[str, Any], pipe: tuple[int, int] | None) -> int:
    """Hold the lock, run the attempts, record the final state."""
    lock = locks.take(paths.supervisor_lock)
    if lock < 0:
        sys.stderr.write(f"sygaldry: run {paths.run} of {paths.job} already has a supervisor\n")
        return CANNOT
    if has_exit_event(paths.events):
        sys.stderr.write(
            f"sygaldry: run {paths.run} of {paths.job} already has a final state; this start came too late\n"
        )
        return CANNOT
    syscalls.adopt_orphans()
    loop = EventLoop(paths.control, paths.stop)
    loop.install_handlers()
    recorder = RunRecorder(paths, secrets=secrets(dict(os.environb), tuple(spec.get("mask", ()))))
    recorder.event(
        "started",
        0,
        pid=os.getpid(),
        boot_id=_read_text("/proc/sys/kernel/random/boot_id"),
        boottime_s=round(time.clock_gettime(time.CLOCK_BOOTTIME), 3),
        python=sys.version.split(" ", 1)[0],
        host=os.uname().nodename,
        node=os.environ.get("SLURMD_NODENAME", ""),
    )
    if os.environ.get("SYGALDRY_CONTAINER") in ("docker", "podman"):
        # The command writes its log itself, so this is all that `docker logs` would show.
        where = f"its log is {paths.log(1)}; read it with: sygaldry job logs --job {paths.job}"
        sys.stdout.write(f"sygaldry: job {paths.job}, run {paths.run}: {where}\n")
        sys.stdout.flush()
    number, policy = int(spec.get("first_attempt", 1)), RetryPolicy(spec)
    while True:
        attempt = Attempt(recorder, loop, {**spec, "variables": policy.variables}, number, pipe)
        code = attempt.run()
        state, ender, why = verdict(code, attempt.ended_by, attempt.killed_for_memory(code))
        if state == "FAILED" and code - 128 in attempt.forwarded:
            if spec.get("requeue"):
                return _interrupted(recorder, number, code)
            ender, why = "machine", f"ended by signal {code - 128} from outside, such as docker stop or a shutdown"
            break
        decision = policy.decide(number, state, code, paths.log(number))
        if not decision.retry:
            why += f"; {decision.why}" if decision.why else ""
            break
        reason = {"rc": code, "state": state, "why": why, "kind": decision.kind, "jobs": decision.jobs}
        recorder.event("retry", 0, durable=True, attempt=number, pause_s=decision.pause_s, **reason)
        recorder.write_status(
            "RETRY", {"try": f"{number}/{spec['retries'] + 1}", "next": f"{decision.pause_s:g}s"}, code=code
        )
        if not _wait(loop, decision.pause_s):
            state, ender, why = "STOPPED", "user", "stopped by user while waiting for the next attempt"
            break
        number += 1
    recorder.lease.check()
    _make_durable(paths, number)
    recorder.close()
    size = os.path.getsize(paths.log(number))
    recorder.event("exit", size, state=state, rc=code, by=ender, why=why, attempt=number)
    recorder.write_status(state, {"by": ender}, code=code, step=why, durable=True)
    return code


def _interrupted(recorder: RunRecorder, number: int, code: int) -> int:
    """Leave the end open: only the scheduler knows whether it ended the job or will start it again."""
    recorder.close()
    size = os.path.getsize(recorder.paths.log(number))
    recorder.event("interrupted", size, rc=code, attempt=number, why=f"ended by signal {code - 128} from outside")
    recorder.write_status("RETRY", {}, code=code, step="ended from outside", durable=True)
    return code


def _wait(loop: EventLoop, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        loop.wait(min(until - time.monotonic(), 1.0))
        if loop.stop_requested():
            return False
    return True


def _make_durable(paths: RunFiles, number: int) -> None:
    try:
        descriptor = os.open(paths.code(number), os.O_RDONLY | os.O_CLOEXEC)
        os.fsync(descriptor)
        os.close(descriptor)
        sync_folder(paths.events)
    except OSError:
        return


def _read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
