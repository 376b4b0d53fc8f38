"""Pause a running job and resume it, by signals to all of its processes."""

import os
import signal

from sygaldry.flows.job.facts import facts
from sygaldry.flows.job.headline import short_lines
from sygaldry.flows.job.lookup import find_run, inspect_run
from sygaldry.model.errors import CommandFailedError, UsageError
from sygaldry.model.job import State
from sygaldry.model.report import Report


def job_pause(folder: str, job: str, run: str = "") -> Report:
    """Stop every process of the job where it is; its time limits go on. Raises UsageError if it does not run."""
    return _signal(folder, job, run, signal.SIGSTOP)


def job_resume(folder: str, job: str, run: str = "") -> Report:
    """Let a paused job continue. Raises UsageError if it does not run."""
    return _signal(folder, job, run, signal.SIGCONT)


def _signal(folder: str, job: str, run: str, number: signal.Signals) -> Report:
    snapshot = inspect_run(find_run(folder, job, run))
    if snapshot.state is not State.PROGRESS:
        raise UsageError(
            f"job {job!r} is {snapshot.state}, so there is nothing to pause or resume",
            hint=f"sygaldry job status --job {job}",
        )
    try:
        descriptor = os.open(snapshot.paths.control, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.write(descriptor, b"signal %d\n" % number)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise CommandFailedError(
            f"cannot reach the supervisor of job {job}: {error.strerror}", hint=f"sygaldry job status --job {job}"
        ) from error
    data = facts(snapshot)
    return Report(data, short_lines(snapshot, data))
