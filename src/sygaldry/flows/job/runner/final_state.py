"""Record the end of a run whose supervisor could not."""

import os

from sygaldry.flows.job.lookup import RunSnapshot
from sygaldry.flows.runtime.container import remove_container
from sygaldry.host import files
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles, newest_run
from sygaldry.jobs.status_line import status_line
from sygaldry.model.job import State
from sygaldry.supervisor.ledger import now


def record_exit(paths: RunFiles, state: State, by: str, why: str, code: int | None = None) -> None:
    """Write a run's exit event and its status line."""
    size = os.path.getsize(paths.log()) if os.path.exists(paths.log()) else 0
    events.Events(paths.events).append("exit", size, state=state.value, rc=code, by=by, why=why)
    show(paths, state, why=why, by=by, code="-" if code is None else str(code))


def show(paths: RunFiles, state: str, *, why: str = "", by: str = "", code: str = "-") -> None:
    """Write the status line unless a newer run owns it."""
    if newest_run(paths.folder, paths.job) != paths.run:
        return
    stamp = now()[:19] + "Z"
    fields = {"job": paths.job, "run": paths.run, "ts": stamp, "state": state, "rc": code, "up": "0s", "by": by}
    files.replace(paths.status, status_line(fields, why))


def finalize(snapshot: RunSnapshot) -> None:
    """Record an inferred end as the exit event, so that a late supervisor of the run does nothing.

    A supervisor takes this lock before it looks for an exit event, and runs nothing if there is one.
    """
    paths, truth = snapshot.paths, snapshot.verdict
    if snapshot.has_exit_event or not truth.state.final:
        return
    with files.locked(paths.supervisor_lock, wait=False) as lock:
        if lock is None or events.last(paths.events, "exit"):
            return
        record_exit(paths, truth.state, truth.by, truth.why, truth.code)
    remove_container(snapshot.submitted)
