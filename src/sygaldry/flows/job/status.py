"""Report the state of a run in one line."""

from sygaldry.flows.job.facts import facts
from sygaldry.flows.job.headline import short_lines
from sygaldry.flows.job.lookup import find_run, inspect_run
from sygaldry.model.report import Report


def job_status(folder: str, job: str, run: str = "", since: str = "") -> Report:
    """Report a run's state, inferred from evidence; `since` is the cursor of an earlier answer."""
    snapshot = inspect_run(find_run(folder, job, run))
    data = facts(snapshot)
    if since and since == data["cursor"]:
        return Report({"unchanged": True, "cursor": since}, ("unchanged",))
    return Report(data, short_lines(snapshot, data))


def statuses(folder: str, jobs: tuple[str, ...]) -> Report:
    """Report the newest run of several jobs."""
    snapshots = [inspect_run(find_run(folder, job)) for job in jobs]
    known = [facts(each) for each in snapshots]
    lines = [text for each, data in zip(snapshots, known, strict=True) for text in short_lines(each, data, named=True)]
    return Report({"jobs": list(known)}, tuple(lines))
