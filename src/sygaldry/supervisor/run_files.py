"""The file names of a run, defined only here."""

from __future__ import annotations

import os
import stat

_IN_PROJECT = "/bazel_cache/zephyr_jobs"


class RunFiles:
    """The paths of the files of one run. Attempts after the first have files of their own.

    A run has a folder of its own, the only one that its command can write; the first release kept all runs in one
    folder. `record`, `request`, `queued`, `runner`, `engine` and `host_lock` are outside of every container.
    """

    def __init__(self, folder: str, job: str, run: str) -> None:
        self.folder = folder
        self.job = job
        self.run = run
        self.name = f"{job}-{run}"
        self.own = f"{folder}/{self.name}"
        if not _is_folder(self.own):
            self.own = folder
        self.base = f"{self.own}/{self.name}"
        self.status = f"{self.own}/{job}.status"
        self.events = f"{self.base}.jsonl"
        self.spec = f"{self.base}.spec.json"
        self.supervisor_lock = f"{self.base}.sup.lock"
        self.anchor_lock = f"{self.base}.anchor.lock"
        self.control = f"{self.base}.ctl"
        self.input = f"{self.base}.in"
        self.stop = f"{self.base}.stop"
        self.lease = f"{self.base}.lease"
        self.ballast = f"{self.base}.ballast"
        host = self._host_base()
        self.record = f"{host}.host.jsonl"
        self.request = f"{host}.spec.json"
        self.queued = f"{self._queue_folder()}/{self.name}.json"
        self.host_lock = f"{host}.host.lock"
        self.runner = f"{host}.runner"
        self.engine = f"{host}.engine.json"
        self.cause = f"{host}.cause" if host != self.base else ""

    @property
    def is_separate(self) -> bool:
        """Whether the run has a folder of its own."""
        return self.own != self.folder

    @property
    def private(self) -> tuple[str, ...]:
        """The files outside of every container, if the run has any."""
        if not self.is_separate:
            return ()
        return (self.record, self.request, self.queued, self.host_lock, self.runner, self.engine, self.cause)

    def _host_base(self) -> str:
        if self.is_separate and self.folder.endswith(_IN_PROJECT):
            return f"{self.folder[: -len(_IN_PROJECT)]}/.sygaldry/jobs/{self.name}"
        return self.base

    def _queue_folder(self) -> str:
        project = self.folder[: -len(_IN_PROJECT)] if self.folder.endswith(_IN_PROJECT) else self.folder
        return f"{project}/.sygaldry/queue"

    def attempt(self, number: int) -> str:
        """Return the base of an attempt's files."""
        return self.base if number <= 1 else f"{self.base}-a{number}"

    def log(self, number: int = 1) -> str:
        return f"{self.attempt(number)}.log"

    def index(self, number: int = 1) -> str:
        return f"{self.attempt(number)}.idx"

    def code(self, number: int = 1) -> str:
        return f"{self.attempt(number)}.rc"

    def lifeline(self, task: str = "") -> str:
        """Return the lock that a process of a scheduler's job holds, or one of its tasks."""
        return f"{self.base}.{f'task-{task}' if task else 'batch'}.lock"

    def run_lock(self, number: int = 1) -> str:
        return f"{self.attempt(number)}.run.lock"


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False
