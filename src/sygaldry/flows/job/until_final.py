"""Wait until a run has ended, by its locks."""

import time
from typing import Final

from sygaldry.flows.job.lookup import RunSnapshot, inspect_run, orphans_lock
from sygaldry.host.locks import is_held, wait_until_free
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.job import State

_BEFORE_START_S: Final = 0.02


def lock_of(snapshot: RunSnapshot) -> str:
    """Return the lock that a run holds until it ends; empty where there is none yet."""
    if snapshot.elements:
        return ""
    if snapshot.state is State.ORPHANED:
        return orphans_lock(snapshot)
    return snapshot.paths.supervisor_lock if snapshot.state in (State.PROGRESS, State.RETRY) else ""


def wait_until_final(paths: RunFiles, timeout_s: float) -> bool:
    """Wait until a run has ended; return False after the timeout."""
    deadline = time.monotonic() + timeout_s
    while not (snapshot := inspect_run(paths)).state.final:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        lock = lock_of(snapshot)
        if lock and is_held(lock):
            wait_until_free({"": lock}, left)
        else:
            time.sleep(_BEFORE_START_S)
    return True
