"""Continue the queue of a project: restart the host process of each queued run that has lost its own."""

import os
from functools import partial

from sygaldry.flows.job.lookup import RunSnapshot, inspect_run
from sygaldry.flows.job.notify import channels_of, start_notifier
from sygaldry.flows.job.planner import run_planner
from sygaldry.flows.job.record import read_request
from sygaldry.flows.job.runner import runner
from sygaldry.flows.job.runner.queue import Turn
from sygaldry.flows.job.runner.queue_record import leave_queue, load_request, queued_in
from sygaldry.host import files
from sygaldry.host.boot import boot_id
from sygaldry.host.daemonize import detach
from sygaldry.host.locks import is_held
from sygaldry.host.machine import this_machine
from sygaldry.jobs.limits import parse_limits
from sygaldry.jobs.paths import RunFiles
from sygaldry.jobs.state import ABANDONED
from sygaldry.model.job import State


def is_abandoned(snapshot: RunSnapshot) -> bool:
    """Return whether a run is queued without a process that waits for its turn."""
    return snapshot.state is State.QUEUED and snapshot.why == ABANDONED


def restart_queued(folder: str) -> tuple[str, ...]:
    """Restart what is queued on this machine without a process; return the names of the jobs."""
    if os.environ.get("SYGALDRY_CONTAINER"):
        return ()
    return tuple(paths.job for paths in queued_in(folder) if not is_held(paths.host_lock) and _restart(paths))


def _restart(paths: RunFiles) -> bool:
    """Restart one; the lock decides between two that try, and is inherited by the process that waits."""
    with files.locked(paths.host_lock, wait=False) as lock:
        if lock is None:
            return False
        snapshot = inspect_run(RunFiles(paths.folder, paths.job, paths.run), asks_engine=False)
        if snapshot.state.final:
            leave_queue(paths)
            return False
        # The host lock is ours now, so the state reads as if its process were alive.
        if snapshot.submitted.get("host") != os.uname().nodename or (request := load_request(paths)) is None:
            return False
        limits = parse_limits(read_request(paths))
        planned = run_planner(this_machine(request.resolved.settings.rootfs), paths)
        again = partial(restart_queued, paths.folder)
        detach(lambda: runner.run_job(paths, request, planned, Turn(limits, again), lock), paths.runner, (lock,))
    if snapshot.submitted.get("boot_id") != boot_id():  # else the process that notifies is still there
        start_notifier(paths, channels_of(paths))
    return True
