"""Is a failure worth another attempt? What may pass is tried again, the same failure twice for the same cause never."""

from __future__ import annotations

import os
import select
import signal
import time

from sygaldry.supervisor import helper_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST_BACKOFF_S = 3600
_PATIENCE_S = 60.0
_MOST_SAID = 4096
# What build tools take for their number of processes, where the command line says none.
_JOBS = ("CMAKE_BUILD_PARALLEL_LEVEL", "MAX_JOBS", "CARGO_BUILD_JOBS", "SYGALDRY_BUILD_JOBS")


class Answer:
    """Whether to try again, and why not; how long to wait before, and with how many processes (0: as it likes)."""

    def __init__(self, again: bool, *, kind: str = "", why: str = "", pause_s: float = 0, jobs: int = 0) -> None:
        self.again, self.kind, self.why, self.pause_s, self.jobs = again, kind, why, pause_s, jobs


class Again:
    """Remembers the last failure of a run. Half as many processes each time that something ran out."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec
        self._signature = ""
        self._jobs = 0

    @property
    def variables(self) -> dict[str, str]:
        """What the next attempt's environment says of the number of processes."""
        if not self._jobs:
            return {}
        flags = f"{os.environ.get('MAKEFLAGS', '')} -j{self._jobs}".strip()
        return {"MAKEFLAGS": flags, **{name: str(self._jobs) for name in _JOBS}}

    def after(self, number: int, state: str, code: int, log: str) -> Answer:
        """Judge the failure of an attempt."""
        if state in ("DONE", "STOPPED", "TIMEOUT") or number > self._spec.get("retries", 0):
            return Answer(False)
        pause = pause_s(self._spec.get("backoff_s", 10), number)
        kind, seen = ("resources", "memory") if state == "OOM" else judged(self._spec, log, code)
        if kind == "resources":
            if self._jobs == 1:
                return Answer(False, kind=kind, why="not retried: one process at a time was too much already")
            self._jobs = max((self._jobs or len(os.sched_getaffinity(0))) // 2, 1)
            return Answer(True, kind=kind, pause_s=pause, jobs=self._jobs)
        if kind == "deterministic":
            return Answer(False, kind=kind, why="not retried: the same would happen again")
        if kind != "transient" and seen and seen == self._signature:
            return Answer(False, kind=kind, why="not retried: the same again")
        self._signature = seen
        return Answer(True, kind=kind, pause_s=pause, jobs=self._jobs)


def pause_s(backoff_s: float, number: int) -> float:
    """Return the pause after an attempt, doubled each time."""
    return float(min(backoff_s * 2 ** (number - 1), _LONGEST_BACKOFF_S))


def judged(spec: dict[str, Any], log: str, code: int) -> tuple[str, ...]:
    """Ask what kind of failure it was, and its signature; unknown where the program that knows cannot run here."""
    words = [str(log) if each == "LOG" else str(code) if each == "CODE" else each for each in spec.get("judge", [])]
    if not words:
        return "unknown", ""
    reader, writer = os.pipe()
    pid = helper_process.start(words, reads=None, writes=writer)
    os.close(writer)
    said, until = b"", time.monotonic() + _PATIENCE_S
    while len(said) < _MOST_SAID and select.select([reader], [], [], max(until - time.monotonic(), 0))[0]:
        piece = os.read(reader, _MOST_SAID)
        if not piece:
            break
        said += piece
    os.close(reader)
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except OSError:  # it has ended, and somebody else may have collected it
        pass
    kind, _, rest = said.decode("utf-8", "replace").partition("\n")
    return (kind, rest.partition("\n")[0]) if "\n" in rest and kind else ("unknown", "")
