"""Queue a job: wait for the jobs named by --after and for a free slot."""

import os
import time
from typing import TYPE_CHECKING, Final

from sygaldry.flows.job.lookup import all_runs, inspect_run
from sygaldry.flows.job.runner.final_state import record_exit
from sygaldry.host.locks import is_held
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles, newest_run, runs_by_job
from sygaldry.model.job import State

if TYPE_CHECKING:
    from sygaldry.jobs.limits import Limits

_TICK_S: Final = 0.5


def wait_for_turn(paths: RunFiles, limits: "Limits") -> bool:
    """Wait for the jobs of --after and for a free slot; return False if it was stopped or they failed."""
    for other in limits.after:
        run_of_it = newest_run(paths.folder, other)
        if not run_of_it:
            record_exit(paths, State.FAILED, "runner", f"--after {other}: no such job")
            return False
        earlier = RunFiles(paths.folder, other, run_of_it)
        while not (snapshot := inspect_run(earlier).verdict).state.final:
            if _is_stopped(paths):
                return False
            time.sleep(_TICK_S)
        if snapshot.state is not State.DONE:
            record_exit(paths, State.FAILED, "runner", f"--after {other}: that job ended as {snapshot.state}")
            return False
    while limits.slots and not _has_slot(paths, limits.slots):
        if _is_stopped(paths):
            return False
        time.sleep(_TICK_S)
    return True


def _is_stopped(paths: RunFiles) -> bool:
    if os.path.exists(paths.stop):
        record_exit(paths, State.STOPPED, "user", "stopped by user while queued")
        return True
    return False


def _has_slot(paths: RunFiles, slots: int) -> bool:
    """Return whether a slot is free; running jobs and older queued jobs go first."""
    ahead = 0
    for job, runs in runs_by_job(paths.folder).items():
        other = all_runs(paths.folder, job)[-1] if runs else None
        if other is None or (other.job, other.run) == (paths.job, paths.run):
            continue
        at_work = is_held(other.supervisor_lock)
        waiting = is_held(other.host_lock) and not events.last(other.events, "exit")
        ahead += at_work or (waiting and (other.run, other.job) < (paths.run, paths.job))
    return ahead < slots
