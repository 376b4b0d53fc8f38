"""Jobs started as people start them, by the launcher, on a real runtime; and what may never be told of them."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.jobs._supervised import until
from tests.integration.conftest import CHECKOUT, World

from sygaldry.flows.job.lookup import RunSnapshot, inspect_run
from sygaldry.jobs.paths import RunFiles, runs_of

JOB = CHECKOUT / "tools" / "zephyr_job"
_PATIENCE_S = 60.0
_STAYS_S = 0.7


@dataclass(frozen=True)
class Project:
    """A project of its own on one runtime; `engine` is the program of its engine, if it has one."""

    world: World
    name: str
    engine: str = ""

    @property
    def folder(self) -> Path:
        return self.world.root / self.name / "bazel_cache" / "zephyr_jobs"

    def verb(self, verb: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a verb to its end."""
        return self.world.run(verb, "--project-id", self.name, *words, program=JOB)

    def run(self, job: str, script: str, *options: str) -> RunFiles:
        """Start a job and return once the launcher has."""
        started = self.verb("run", "--job", job, *options, "--", "sh", "-c", script)
        assert started.returncode == 0, started.stderr
        return self.newest(job)

    def begin(self, job: str, script: str) -> "subprocess.Popen[bytes]":
        """Start the launcher and leave it at work."""
        words = (str(JOB), "run", "--project-id", self.name, "--job", job, "--", "sh", "-c", script)
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.world.environment(),
            start_new_session=True,
        )

    def runs(self, job: str) -> tuple[str, ...]:
        return runs_of(str(self.folder), job)

    def newest(self, job: str) -> RunFiles:
        return RunFiles(str(self.folder), job, self.runs(job)[-1])

    def up(self, names: RunFiles, mark: bytes = b"up") -> None:
        """Wait until the command has printed a mark; a busy engine may need half a minute to start a container."""
        until(
            lambda: mark in log_of(names),
            lambda: f"{names.job} to begin, now {inspect_run(names).verdict}; {said(names)}",
            _PATIENCE_S,
        )

    def ask(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run the engine's client."""
        return subprocess.run(
            [self.engine, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=self.world.environment(),
        )

    def containers(self, *filters: str) -> list[str]:
        """List the containers of the project, running or not."""
        words = ("ps", "--all", "--quiet", "--filter", f"label=dev.sygaldry.project={self.name}")
        return self.ask(*words, *(word for each in filters for word in ("--filter", each))).stdout.split()

    def clean(self) -> None:
        """Leave no job at work and no container."""
        for path in self.folder.glob("*.status") if self.folder.exists() else ():
            self.verb("stop", "--job", path.name.removesuffix(".status"))
        if self.engine and (left := self.containers()):
            self.ask("rm", "--force", *left)


def log_of(names: RunFiles) -> bytes:
    """Return what a run has printed."""
    path = Path(names.log(inspect_run(names, asks_engine=False).attempt))
    return path.read_bytes() if path.exists() else b""


def said(names: RunFiles) -> str:
    """Return what was said while a run was started."""
    path = Path(names.runner)
    return path.read_text() if path.exists() else "nothing was said"


def told_to_the_end(names: RunFiles, context: str = "") -> RunSnapshot:
    """Look until the end is told; every line parses all the while, and what was only worked out is not taken back."""
    deadline = time.monotonic() + _PATIENCE_S
    while not (seen := inspect_run(names)).state.final:
        assert_whole(names)
        assert time.monotonic() < deadline, f"{context}: {names.job} is still {seen.verdict}; {said(names)}"
        time.sleep(0.02)
    deadline = time.monotonic() + (0 if seen.has_exit_event else _STAYS_S)
    while time.monotonic() < deadline:
        now = inspect_run(names).verdict
        assert (now.state, now.code) == (seen.state, seen.code), f"{context}: {seen.verdict} was taken back"
        time.sleep(0.02)
    assert_whole(names)
    return inspect_run(names)


def assert_whole(names: RunFiles) -> None:
    """Every line of the ledger is JSON, but for one that is being written; the status begins with one of four words."""
    path, status = Path(names.events), Path(names.status)
    if path.exists():
        *lines, _ = path.read_bytes().split(b"\n")
        for line in lines:
            assert json.loads(line)["event"]
    if status.exists():
        assert status.read_text().split(" ")[0] in {"START", "PROGRESS", "DONE", "FAILED"}


def processes_with(*marks: bytes) -> Iterator[int]:
    """Find processes whose arguments hold all of some marks."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if all(mark in words for mark in marks):
                yield int(entry.name)


def parent_of(pid: int) -> int:
    """Return a process's parent; 0 when it has gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])
    except OSError:
        return 0


def supervisor_of(names: RunFiles) -> int:
    """Find a run's supervisor by its id on the host: its parent, the anchor, has the same words."""
    found = tuple(processes_with(b"python3\0-I\0-S\0", f"{names.run}.spec.json".encode()))
    anchors = {pid for pid in found if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"python3")}
    return next((pid for pid in anchors if parent_of(pid) in anchors), 0)
