"""Queue a job: wait for the jobs named by --after and for a free slot."""

import os
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sygaldry.flows.job.lookup import inspect_run
from sygaldry.flows.job.record import read_request
from sygaldry.flows.job.runner.final_state import record_exit, show
from sygaldry.host import files
from sygaldry.host.locks import is_held
from sygaldry.jobs import events
from sygaldry.jobs.limits import Limits
from sygaldry.jobs.paths import RunFiles, newest_run, runs_by_job
from sygaldry.jobs.status_line import read_status
from sygaldry.model.job import State

_TICK_S: Final = 0.5
_RESTART_TICKS: Final = 10


class Turn(NamedTuple):
    """What a run waits for. `restart` is called every few seconds, for queued jobs that have lost their processes."""

    limits: Limits
    restart: Callable[[], object] = lambda: None


def wait_for_turn(paths: RunFiles, turn: Turn) -> bool:
    """Wait for the jobs of --after and for a free slot, then report START; return False if stopped or they failed."""
    wait = _Pause(turn.restart)
    for other in turn.limits.after:
        run_of_it = newest_run(paths.folder, other)
        if not run_of_it:
            record_exit(paths, State.FAILED, "runner", f"--after {other}: no such job")
            return False
        earlier = RunFiles(paths.folder, other, run_of_it)
        while not (snapshot := inspect_run(earlier).verdict).state.final:
            if _is_stopped(paths):
                return False
            wait.tick()
        if snapshot.state is not State.DONE:
            record_exit(paths, State.FAILED, "runner", f"--after {other}: that job ended as {snapshot.state}")
            return False
    while not _take_slot(paths, turn.limits):
        if _is_stopped(paths):
            return False
        wait.tick()
    return True


class _Pause:
    """Sleep for a moment; every so many times look after the rest of the queue too."""

    def __init__(self, restart: Callable[[], object]) -> None:
        self._restart, self._ticks = restart, 0

    def tick(self) -> None:
        time.sleep(_TICK_S)
        self._ticks += 1
        if self._ticks % _RESTART_TICKS == 0:
            self._restart()


def _is_stopped(paths: RunFiles) -> bool:
    if os.path.exists(paths.stop):
        record_exit(paths, State.STOPPED, "user", "stopped by user while queued")
        return True
    return False


def _take_slot(paths: RunFiles, limits: Limits) -> bool:
    """Take a free slot. Of two jobs that look at the same moment, one gets the lock."""
    if not limits.slots:
        show(paths, "START")
        return True
    files.make_folder(os.path.dirname(paths.queued))
    with files.locked(f"{os.path.dirname(paths.queued)}.lock"):
        if not _has_slot(paths, limits):
            return False
        show(paths, "START")
        return True


def _has_slot(paths: RunFiles, limits: Limits) -> bool:
    """Return whether a slot is free; running jobs, higher priorities and older queued jobs go first."""
    ahead = 0
    own = (-limits.priority, paths.run, paths.job)
    for job, runs in runs_by_job(paths.folder).items():
        other = RunFiles(paths.folder, job, runs[-1])
        if (other.job, other.run) == (paths.job, paths.run):
            continue
        at_work = is_held(other.supervisor_lock)
        prepares = not at_work and is_held(other.host_lock) and not events.last(other.events, "exit")
        if not at_work and not prepares:
            continue
        request = read_request(other)
        if limits.group and request.get("group") != limits.group:
            continue
        ahead += at_work or not _is_queued(other) or (order_of(other, request) < own and not waits_for(other, request))
    return ahead < limits.slots


def order_of(paths: RunFiles, request: dict[str, Any]) -> tuple[int, str, str]:
    """Return the place of a queued run among others: by priority, then by age."""
    priority = request.get("priority")
    return (-priority if isinstance(priority, int) else 0, paths.run, paths.job)


def waits_for(paths: RunFiles, request: dict[str, Any]) -> str:
    """Return the job of --after that a queued run waits for; empty if it only waits for a slot.

    Such a run keeps no other from a slot: the other may be the very job that it waits for.
    """
    after = request.get("after")
    for other in after if isinstance(after, list) else ():
        run = newest_run(paths.folder, str(other))
        if run and not inspect_run(RunFiles(paths.folder, str(other), run), asks_engine=False).state.final:
            return str(other)
    return ""


def _is_queued(paths: RunFiles) -> bool:
    """Return whether a run waits for its turn; one that has begun to start has its slot."""
    status = read_status(f"{paths.folder}/{paths.job}.status")
    return status.get("run") == paths.run and status.get("state") == "QUEUED"
