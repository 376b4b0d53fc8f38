"""Retry a start that an engine refused for a transient reason."""

import os
import time
from typing import TYPE_CHECKING, Final

from sygaldry.flows.job.runner.final_state import show
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.job import State
from sygaldry.supervisor.retry import pause_s

if TYPE_CHECKING:
    from sygaldry.jobs.limits import Limits

_TICK_S: Final = 0.2
# Messages of engines that are busy, restarting or away; any other error is deterministic.
_MAY_PASS: Final = (
    "cannot connect", "connection refused", "connection reset", "timeout", "timed out", "try again", "unavailable",
    ": eof", "was killed before",
)  # fmt: skip


def should_retry_start(paths: RunFiles, limits: "Limits", retries: int, why: str) -> bool:
    """Record the retry and wait; return False for a deterministic error or after a stop request."""
    if retries > limits.retries or not any(word in why.lower() for word in _MAY_PASS):
        return False
    pause = pause_s(limits.backoff_s, retries)
    facts = {"state": State.FAILED.value, "why": why, "kind": "engine", "jobs": 0}
    events.Events(paths.events).append("retry", 0, durable=True, attempt=1, rc=None, pause_s=pause, **facts)
    show(paths, State.START, why=f"{why}; next try in {pause:g}s", by="runner")
    until = time.monotonic() + pause
    while time.monotonic() < until and not os.path.exists(paths.stop):
        time.sleep(_TICK_S)
    return not os.path.exists(paths.stop)
