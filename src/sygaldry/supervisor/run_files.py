"""The file names of a run, defined only here."""

from __future__ import annotations


class RunFiles:
    """The paths of the files of one run. Attempts after the first have files of their own."""

    def __init__(self, folder: str, job: str, run: str) -> None:
        self.folder = folder
        self.job = job
        self.run = run
        self.base = f"{folder}/{job}-{run}"
        self.status = f"{folder}/{job}.status"
        self.events = f"{self.base}.jsonl"
        self.spec = f"{self.base}.spec.json"
        self.supervisor_lock = f"{self.base}.sup.lock"
        self.anchor_lock = f"{self.base}.anchor.lock"
        self.host_lock = f"{self.base}.host.lock"
        self.control = f"{self.base}.ctl"
        self.stop = f"{self.base}.stop"
        self.ballast = f"{self.base}.ballast"
        self.runner = f"{self.base}.runner"
        self.engine = f"{self.base}.engine.json"

    def attempt(self, number: int) -> str:
        """Return the base of an attempt's files."""
        return self.base if number <= 1 else f"{self.base}-a{number}"

    def log(self, number: int = 1) -> str:
        return f"{self.attempt(number)}.log"

    def index(self, number: int = 1) -> str:
        return f"{self.attempt(number)}.idx"

    def code(self, number: int = 1) -> str:
        return f"{self.attempt(number)}.rc"

    def run_lock(self, number: int = 1) -> str:
        return f"{self.attempt(number)}.run.lock"
