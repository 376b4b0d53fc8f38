"""Cancel a scheduled run, by its id and its name: ids are given out again."""

from sygaldry import schedulers
from sygaldry.flows.job.scheduled.record import ScheduledRun
from sygaldry.host.run import run


def cancel(record: ScheduledRun) -> str:
    """Ask the scheduler to end a run; returns why it was not asked or refused, empty if it was cancelled."""
    if record.handle is None:
        return "its id is not known"
    scheduler = schedulers.get(record.scheduler)
    return scheduler.cancelled(run(scheduler.cancel(record.handle, record.name)))
