"""Write down an end that nobody inside was left to write."""

import os

from sygaldry.flows.job.lookup import Seen
from sygaldry.flows.runtime.container import remove_container
from sygaldry.host import files
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names, newest_run
from sygaldry.jobs.status_line import status_line
from sygaldry.model.job import State
from sygaldry.supervisor.ledger import now


def end(names: Names, state: State, by: str, why: str, code: int | None = None) -> None:
    """Write a run's last word and its status."""
    size = os.path.getsize(names.log()) if os.path.exists(names.log()) else 0
    events.Events(names.events).append("exit", size, state=state.value, rc=code, by=by, why=why)
    show(names, state, why=why, by=by, code="-" if code is None else str(code))


def show(names: Names, state: str, *, why: str = "", by: str = "", code: str = "-") -> None:
    """Write the status line, unless a newer run has taken it over."""
    if newest_run(names.folder, names.job) != names.run:
        return
    stamp = now()[:19] + "Z"
    fields = {"job": names.job, "run": names.run, "ts": stamp, "state": state, "rc": code, "up": "0s", "by": by}
    files.replace(names.status, status_line(fields, why))


def settle(seen: Seen) -> None:
    """Make an end that was only worked out the last word, so that whatever still comes of the run comes too late.

    A supervisor takes this lock before it looks for a last word, and runs nothing once there is one.
    """
    names, truth = seen.names, seen.truth
    if seen.told or not truth.state.final:
        return
    with files.locked(names.supervisor_lock, wait=False) as lock:
        if lock is None or events.last(names.events, "exit"):
            return
        end(names, truth.state, truth.by, truth.why, truth.code)
    remove_container(seen.submitted)
