"""List the queue of a project, and continue it after its processes were killed or the machine was restarted."""

from sygaldry.flows.job.lookup import RunSnapshot, inspect_or_unknown
from sygaldry.flows.job.notify import notify_lost
from sygaldry.flows.job.record import read_request
from sygaldry.flows.job.restart import is_abandoned, restart_queued
from sygaldry.flows.job.runner.queue import order_of, waits_for
from sygaldry.flows.job.runner.queue_record import queued_in
from sygaldry.jobs.limits import parse_limits
from sygaldry.model.report import Json, Report


def job_queue(folder: str, *, starts: bool = False) -> Report:
    """Report the queued runs in their order; with `starts`, first restart those without a process.

    A restart of the machine also ends the processes that notify, so `starts` sends what they could not.
    """
    restarted = restart_queued(folder) if starts else ()
    notified = notify_lost(folder) if starts else ()
    found = [(each, read_request(each)) for each in queued_in(folder)]
    found.sort(key=lambda each: order_of(*each))
    rows = [(inspect_or_unknown(paths, asks_engine=False), request) for paths, request in found]
    data = [_row(snapshot, request) for snapshot, request in rows if not snapshot.state.final]
    lines = [f"restarted {job}" for job in restarted]
    lines += [f"notified about {job}, which the restart of the machine had ended" for job in notified]
    lines += [_line(row) for row in data]
    return Report(
        {"queue": data, "restarted": list(restarted), "notified": list(notified)},
        tuple(lines) or ("nothing is queued",),
    )


def _row(snapshot: RunSnapshot, request: dict[str, Json]) -> dict[str, Json]:
    limits = parse_limits(request)
    waits = waits_for(snapshot.paths, request)
    return {
        "job": snapshot.paths.job,
        "run": snapshot.paths.run,
        "state": snapshot.state.value,
        "priority": limits.priority,
        "group": limits.group,
        "waits_for": f"job {waits}" if waits else f"one of {limits.slots} slots" if limits.slots else "",
        "abandoned": is_abandoned(snapshot),
    }


def _line(row: dict[str, Json]) -> str:
    order = f" priority={row['priority']}" if row["priority"] else ""
    order += f" group={row['group']}" if row["group"] else ""
    reason = f": waits for {row['waits_for']}" if row["waits_for"] else ""
    gone = "; its process is gone: sygaldry job queue --start" if row["abandoned"] else ""
    return f"{row['state']} {row['job']}{order}{reason}{gone}"
