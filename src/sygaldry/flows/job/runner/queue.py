"""Wait until it is a job's turn: after the jobs it comes after, and when a slot is free."""

import os
import time
from typing import TYPE_CHECKING, Final

from sygaldry.flows.job.lookup import all_runs, look
from sygaldry.flows.job.runner.final_state import end
from sygaldry.host.locks import is_held
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names, newest_run, runs_by_job
from sygaldry.model.job import State

if TYPE_CHECKING:
    from sygaldry.jobs.limits import Limits

_TICK_S: Final = 0.5


def has_its_turn(names: Names, limits: "Limits") -> bool:
    """Wait for the jobs it comes after and for a free slot; False when it was stopped or they failed."""
    for other in limits.after:
        run_of_it = newest_run(names.folder, other)
        if not run_of_it:
            end(names, State.FAILED, "runner", f"it should come after {other}, which does not exist")
            return False
        earlier = Names(names.folder, other, run_of_it)
        while not (seen := look(earlier).truth).state.final:
            if _is_stopped(names):
                return False
            time.sleep(_TICK_S)
        if seen.state is not State.DONE:
            end(names, State.FAILED, "runner", f"it should come after {other}, which ended as {seen.state}")
            return False
    while limits.slots and not _has_slot(names, limits.slots):
        if _is_stopped(names):
            return False
        time.sleep(_TICK_S)
    return True


def _is_stopped(names: Names) -> bool:
    if os.path.exists(names.stop):
        end(names, State.STOPPED, "user", "somebody asked for it while it was queued")
        return True
    return False


def _has_slot(names: Names, slots: int) -> bool:
    """Older jobs go first: those that run, and those of the queue that came before."""
    ahead = 0
    for job, runs in runs_by_job(names.folder).items():
        other = all_runs(names.folder, job)[-1] if runs else None
        if other is None or (other.job, other.run) == (names.job, names.run):
            continue
        at_work = is_held(other.supervisor_lock)
        waiting = is_held(other.host_lock) and not events.last(other.events, "exit")
        ahead += at_work or (waiting and (other.run, other.job) < (names.run, names.job))
    return ahead < slots
