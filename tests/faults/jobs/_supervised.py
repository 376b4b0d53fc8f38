"""A supervisor without a container around it, so that each of its processes can be killed by its id."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.conftest import CHECKOUT

from sygaldry.flows.job.lookup import RunSnapshot, inspect_run
from sygaldry.flows.job.wait import WaitOptions, job_wait
from sygaldry.host.boot import boot_id
from sygaldry.host.locks import is_held
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles, new_run
from sygaldry.supervisor.process_tree import descendants

PROGRAM = CHECKOUT / "src" / "sygaldry" / "supervisor" / "supervise.py"
PATIENCE_S = 60.0
UP = "echo up; "


def until(condition: Callable[[], object], what: str | Callable[[], str], patience_s: float = PATIENCE_S) -> None:
    """Poll for a condition, with a deadline; `what` may be computed once it has passed."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"still waiting for: {what if isinstance(what, str) else what()}")
        time.sleep(0.02)


def child(root: int, mark: bytes) -> int:
    """Return the pid of a descendant whose arguments hold a mark, 0 if there is none."""
    for pid in descendants(root):
        with contextlib.suppress(OSError):
            if mark in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
    return 0


class Supervised:
    """One run of one job, started as a launcher does."""

    def __init__(self, folder: Path, script: str, job: str = "j", python: str = sys.executable, **spec: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.paths = RunFiles(str(folder), job, new_run(time.time_ns()))
        argv = ["sh", "-c", script]
        Path(self.paths.spec).write_text(json.dumps({"job": job, "run": self.paths.run, "argv": argv, **spec}))
        os.mkfifo(self.paths.control)
        events.Events(self.paths.events).append("submitted", 0, boot_id=boot_id(), host=os.uname().nodename)
        lock = os.open(self.paths.host_lock, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)  # as whoever starts it does, and hands it on
        with (folder.parent / f"said-{folder.name}").open("wb") as said:
            self.anchor = subprocess.Popen(
                [python, "-I", "-S", str(PROGRAM), self.paths.spec],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                pass_fds=(lock,),
            )
        os.close(lock)

    @property
    def seen(self) -> RunSnapshot:
        return inspect_run(self.paths)

    @property
    def state(self) -> str:
        return self.seen.state.value

    @property
    def log(self) -> bytes:
        path = Path(self.paths.log(self.seen.attempt))
        return path.read_bytes() if path.exists() else b""

    def supervisor(self) -> int:
        """Return the pid of the anchor's child."""
        return child(self.anchor.pid, b"supervise.py")

    def shim(self) -> int:
        """Return the pid of the shell that writes the exit code."""
        return child(self.anchor.pid, b"sygaldry-job\0")

    def command(self) -> int:
        """Return the pid of the command itself."""
        return next(iter(descendants(self.shim())), 0)

    def up(self, mark: bytes = b"up") -> "Supervised":
        """Wait until the command has said something."""
        until(lambda: mark in self.log, "the command to begin")
        return self

    def ended(self) -> RunSnapshot:
        """Wait until the state is final and nobody is left."""
        until(lambda: self.seen.state.final, "the run to end")
        return self.seen

    def end(self) -> None:
        """Leave nothing behind."""
        pids = [self.anchor.pid, *descendants(self.anchor.pid)]
        for pid in pids:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.anchor.wait(PATIENCE_S)
        locks = (self.paths.supervisor_lock, self.paths.run_lock())
        until(lambda: not any(is_held(lock) for lock in locks), "the killed to be gone")

    def assert_whole(self) -> None:
        """Every line of the ledger parses, and the status line is one of four words."""
        for line in Path(self.paths.events).read_bytes().split(b"\n"):
            if line.strip(b"\0"):
                assert json.loads(line)["event"]
        if Path(self.paths.status).exists():
            assert Path(self.paths.status).read_text().split(" ")[0] in {"START", "PROGRESS", "DONE", "FAILED"}


Start = Callable[..., Supervised]


def wait(run: Supervised, timeout_s: float = PATIENCE_S) -> int:
    """Answer as `job wait` does."""
    folder, job = run.paths.folder, run.paths.job
    return job_wait(folder, (job,), WaitOptions(run=run.paths.run, timeout_s=timeout_s)).exit_code
