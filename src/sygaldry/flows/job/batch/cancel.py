"""Cancel a scheduled run, by its id and its name: ids are given out again."""

from sygaldry import schedulers
from sygaldry.flows.job.scheduled.ask import reported_now
from sygaldry.flows.job.scheduled.record import ScheduledRun
from sygaldry.host.run import run
from sygaldry.jobs.paths import RunFiles


def cancel(paths: RunFiles, record: ScheduledRun, *, waiting: bool = False) -> str:
    """Ask the scheduler to end a run; returns why it was not asked or refused, empty if it was cancelled.

    With `waiting`, only what has not started is cancelled.
    """
    if record.handle is None:
        return "its id is not known"
    scheduler = schedulers.get(record.scheduler)
    if record.task >= 0 and reported_now(paths, record) is None:
        return f"{scheduler.title} does not know it"
    command = scheduler.cancel(record.handle, record.name, record.task, waiting=waiting)
    return scheduler.cancelled(run(command))
