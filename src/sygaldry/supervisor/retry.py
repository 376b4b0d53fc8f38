"""Decide whether a failure is retried: transient failures are, the same failure twice for the same cause is not."""

from __future__ import annotations

import os
import select
import signal
import time

from sygaldry.supervisor import helper_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_LONGEST_BACKOFF_S = 3600
_TIMEOUT_S = 60.0
_MAX_OUTPUT = 4096
# Variables that build tools read for their number of processes.
_JOBS = ("CMAKE_BUILD_PARALLEL_LEVEL", "MAX_JOBS", "CARGO_BUILD_JOBS", "SYGALDRY_BUILD_JOBS")


class RetryDecision:
    """Whether to retry, or why not; the pause before it, and the number of processes (0: unlimited)."""

    def __init__(self, retry: bool, *, kind: str = "", why: str = "", pause_s: float = 0, jobs: int = 0) -> None:
        self.retry, self.kind, self.why, self.pause_s, self.jobs = retry, kind, why, pause_s, jobs


class RetryPolicy:
    """Remembers the last failure of a run. Each resource failure halves the number of processes."""

    def __init__(self, spec: dict[str, Any], classifier: Callable[..., tuple[str, ...]] | None = None) -> None:
        self._spec = spec
        self._classify = classifier or classify
        self._signature = ""
        self._jobs = 0

    @property
    def variables(self) -> dict[str, str]:
        """The variables that limit the number of processes of the next attempt."""
        if not self._jobs:
            return {}
        flags = f"{os.environ.get('MAKEFLAGS', '')} -j{self._jobs}".strip()
        return {"MAKEFLAGS": flags, **{name: str(self._jobs) for name in _JOBS}}

    def decide(self, number: int, state: str, code: int, log: str) -> RetryDecision:
        """Decide whether an attempt is followed by another."""
        if state in ("DONE", "STOPPED", "TIMEOUT") or number > self._spec.get("retries", 0):
            return RetryDecision(False)
        pause = pause_s(self._spec.get("backoff_s", 10), number)
        kind, signature = ("resources", "memory") if state == "OOM" else self._classify(self._spec, log, code)
        if kind == "resources":
            if self._jobs == 1:
                return RetryDecision(False, kind=kind, why="not retried: it ran out of resources with a single process")
            self._jobs = max((self._jobs or len(os.sched_getaffinity(0))) // 2, 1)
            return RetryDecision(True, kind=kind, pause_s=pause, jobs=self._jobs)
        if kind == "deterministic":
            return RetryDecision(False, kind=kind, why="not retried: the failure is deterministic")
        if kind != "transient" and signature and signature == self._signature:
            return RetryDecision(False, kind=kind, why="not retried: the same failure as before")
        self._signature = signature
        return RetryDecision(True, kind=kind, pause_s=pause, jobs=self._jobs)


def pause_s(backoff_s: float, number: int) -> float:
    """Return the pause after an attempt; it doubles each time."""
    return float(min(backoff_s * 2 ** (number - 1), _LONGEST_BACKOFF_S))


def classify(spec: dict[str, Any], log: str, code: int) -> tuple[str, ...]:
    """Return the kind and the signature of a failure; unknown where the classifier cannot run."""
    words = [str(log) if each == "LOG" else str(code) if each == "CODE" else each for each in spec.get("judge", [])]
    if not words:
        return "unknown", ""
    reader, writer = os.pipe()
    pid = helper_process.spawn(words, stdin=None, stdout=writer)
    os.close(writer)
    output, deadline = b"", time.monotonic() + _TIMEOUT_S
    while len(output) < _MAX_OUTPUT and select.select([reader], [], [], max(deadline - time.monotonic(), 0))[0]:
        piece = os.read(reader, _MAX_OUTPUT)
        if not piece:
            break
        output += piece
    os.close(reader)
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except OSError:  # it has ended and may already be collected
        pass
    kind, _, rest = output.decode("utf-8", "replace").partition("\n")
    return (kind, rest.partition("\n")[0]) if "\n" in rest and kind else ("unknown", "")
