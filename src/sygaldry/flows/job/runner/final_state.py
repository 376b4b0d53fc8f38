"""Record the end of a run whose supervisor could not."""

import contextlib
import os
from typing import Any

from sygaldry.flows.job.facts import facts, line
from sygaldry.flows.job.lookup import RunSnapshot, inspect_run
from sygaldry.flows.job.record import append_record, newest, read_record, write_status
from sygaldry.flows.runtime.container import remove_container
from sygaldry.host import files
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles, newest_run
from sygaldry.jobs.state import Evidence, RunState, infer_state
from sygaldry.jobs.status_line import status_line
from sygaldry.model.job import Ender, State
from sygaldry.supervisor.ledger import last_attempt, now
from sygaldry.supervisor.safe_files import size_of


def record_exit(paths: RunFiles, state: State, by: str, why: str, code: int | None = None) -> None:
    """Write a run's exit event and its status line."""
    known: dict[str, Any] = {"state": state.value, "rc": code, "by": by, "why": why}
    append_record(paths, "exit", known)
    try:
        events.Events(paths.events).append("exit", size_of(paths.log()), **known)
    except OSError:
        if not paths.is_separate:  # else the record holds it, whatever the command made of its own ledger
            raise
    show(paths, state, why=why, by=by, code="-" if code is None else str(code))


def record_observed_exit(paths: RunFiles, code: int) -> None:
    """Record how a run ended by the exit code that the host saw; what the run says of itself has to agree with it.

    The first process of the container ends with the command's exit code. A ledger that says otherwise was rewritten.
    """
    if not paths.is_separate or newest(read_record(paths), "exit"):
        return
    claimed = infer_state(Evidence(exit=events.last(paths.events, "exit") or None, code=code))
    if claimed.code != code:
        why = f"its own ledger says {claimed.state} with exit code {claimed.code}; the host saw exit code {code}"
        claimed = RunState(State.DONE if code == 0 else State.FAILED, code, Ender.JOB, why)
    known = {"state": claimed.state.value, "rc": code, "by": claimed.by.value, "why": claimed.why}
    append_record(paths, "exit", known)
    if newest_run(paths.folder, paths.job) == paths.run:
        snapshot = inspect_run(paths, asks_engine=False, asks_scheduler=False)
        write_status(paths, f"{line(snapshot, facts(snapshot))}\n")


def remove_leftovers(paths: RunFiles) -> None:
    """Remove the place in the queue, and what a killed supervisor keeps: its ballast and the draft of the exit code."""
    for path in (
        paths.queued,
        paths.ballast,
        *(f"{paths.code(number)}.draft" for number in range(1, last_attempt(paths) + 1)),
    ):
        with contextlib.suppress(OSError):
            os.unlink(path)


def show(paths: RunFiles, state: str, *, why: str = "", by: str = "", code: str = "-") -> None:
    """Write the status line unless a newer run owns it."""
    if newest_run(paths.folder, paths.job) != paths.run:
        return
    stamp = now()[:19] + "Z"
    fields = {"job": paths.job, "run": paths.run, "ts": stamp, "state": state, "rc": code, "up": "0s", "by": by}
    write_status(paths, status_line(fields, why))


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
    remove_container(paths, snapshot.submitted)
    remove_leftovers(paths)
