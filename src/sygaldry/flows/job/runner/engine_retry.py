"""Ask an engine that did not start a job once more, where it may come back and the job may be tried again."""

import os
import time
from typing import TYPE_CHECKING, Final

from sygaldry.flows.job.runner.final_state import show
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names
from sygaldry.model.job import State
from sygaldry.supervisor.retry import pause_s

if TYPE_CHECKING:
    from sygaldry.jobs.limits import Limits

_TICK_S: Final = 0.2
# What engines say when they are busy, restarted or away; anything else they would only say again.
_MAY_PASS: Final = (
    "cannot connect", "connection refused", "connection reset", "timeout", "timed out", "try again", "unavailable",
    ": eof", "was killed before",
)  # fmt: skip


def starts_again(names: Names, limits: "Limits", tried: int, why: str) -> bool:
    """Wait before another start and tell it; False where it would be no use, or at a stop."""
    if tried > limits.retries or not any(word in why.lower() for word in _MAY_PASS):
        return False
    pause = pause_s(limits.backoff_s, tried)
    told = {"state": State.FAILED.value, "why": why, "kind": "engine", "jobs": 0}
    events.Events(names.events).append("retry", 0, durable=True, attempt=1, rc=None, pause_s=pause, **told)
    show(names, State.START, why=f"{why}; again in {pause:g}s", by="runner")
    until = time.monotonic() + pause
    while time.monotonic() < until and not os.path.exists(names.stop):
        time.sleep(_TICK_S)
    return not os.path.exists(names.stop)
