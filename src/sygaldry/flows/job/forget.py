"""Close a run that no machine will ever answer for."""

import getpass
import os

from sygaldry.flows.job.facts import facts, line
from sygaldry.flows.job.lookup import find_run, inspect_run
from sygaldry.flows.job.runner.final_state import record_exit
from sygaldry.host import files
from sygaldry.model.errors import UsageError
from sygaldry.model.job import State
from sygaldry.model.report import Report

_MAY_BE_ALIVE = (State.START, State.PROGRESS, State.RETRY, State.ORPHANED, State.QUEUED)


def job_forget(folder: str, job: str, run: str = "") -> Report:
    """Record that the caller closed the run; a process of it that still starts refuses to. Raises UsageError."""
    paths = find_run(folder, job, run)
    snapshot = inspect_run(paths)
    if snapshot.state in _MAY_BE_ALIVE:
        raise UsageError(
            f"run {paths.run} of job {job} is {snapshot.state}: it is alive", hint=f"sygaldry job stop --job {job}"
        )
    if not snapshot.has_exit_event:
        files.replace(paths.stop, "{}")
        state = snapshot.state if snapshot.state.final else State.LOST
        by = f"{getpass.getuser()} on {os.uname().nodename}"
        record_exit(paths, state, "user", f"closed by {by}; before: {snapshot.why or snapshot.state}", snapshot.code)
    snapshot = inspect_run(paths)
    data = facts(snapshot)
    return Report(data, (line(snapshot, data),))
