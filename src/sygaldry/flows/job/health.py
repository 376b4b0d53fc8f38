"""Report the jobs that need attention: lost, orphaned or stalled ones, and a full disk."""

from sygaldry.flows.job.facts import facts
from sygaldry.flows.job.lookup import RunSnapshot, inspect_or_unknown
from sygaldry.flows.job.restart import is_abandoned
from sygaldry.host.disk import free_and_size
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles, runs_by_job, without_elements
from sygaldry.jobs.status_line import duration
from sygaldry.model.job import State
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human

_LOW_BYTES = 1 << 30
_MOST_JOBS = 20  # in trouble, in an answer
_MOST_NAMES = 5  # of jobs that failed
_FAILED = (State.FAILED, State.TIMEOUT, State.OOM)


def job_health(folder: str) -> Report:
    """Report what needs attention; exit code 1 if anything does."""
    jobs = without_elements(runs_by_job(folder))
    newest = [inspect_or_unknown(RunFiles(folder, job, runs[-1])) for job, runs in sorted(jobs.items())]
    found = [(snapshot, _trouble(snapshot)) for snapshot in newest]
    free, _ = free_and_size(folder)
    lines = [f"{snapshot.paths.job}: {trouble}" for snapshot, trouble in found if trouble]
    if free < _LOW_BYTES:
        lines.append(f"only {human(free)} are free under {folder}; see: sygaldry storage du")
    alive = sum(not snapshot.state.final for snapshot in newest)
    data: list[Json] = [
        {"job": snapshot.paths.job, "state": snapshot.state.value, "trouble": trouble}
        for snapshot, trouble in [each for each in found if each[1]][:_MOST_JOBS]
    ]
    more = (f"... and {len(lines) - _MOST_JOBS} more",) if len(lines) > _MOST_JOBS else ()
    failed = [each.paths.job for each in newest if each.state in _FAILED]
    closing = f"{alive} running, {len(newest)} jobs{_failed(failed)}"
    if lines or not failed:  # a job that failed has ended and needs nothing but a reader
        closing += f", {len(lines)} in trouble"
    return Report(
        {
            "jobs": data,
            "total": len(newest),
            "running": alive,
            "failed": len(failed),
            "free_bytes": free,
            "troubles": len(lines),
        },
        (*lines[:_MOST_JOBS], *more, closing),
        exit_code=1 if lines else 0,
    )


def _failed(jobs: list[str]) -> str:
    if not jobs:
        return ""
    more = f" and {len(jobs) - _MOST_NAMES} more" if len(jobs) > _MOST_NAMES else ""
    return f", {len(jobs)} failed: {' '.join(jobs[:_MOST_NAMES])}{more}"


def _trouble(snapshot: RunSnapshot) -> str:
    state, job = snapshot.state, snapshot.paths.job
    if state in (State.LOST, State.ORPHANED, State.UNKNOWN):
        return f"{state}: {snapshot.why}; see: sygaldry job tail --job {job}"
    if is_abandoned(snapshot):
        return f"{state}: {snapshot.why}"
    if state is State.PROGRESS:
        known = facts(snapshot)
        newest = events.last(snapshot.paths.events, "stall", "resumed")
        if newest.get("event") == "stall":
            silent = known["silent_s"]
            trouble = duration(silent if isinstance(silent, (int, float)) else 0)
            return f"silent for {trouble}, {_cpu(snapshot)}; see: sygaldry job tail --job {job}"
    return ""


def _cpu(snapshot: RunSnapshot) -> str:
    beat = events.last(snapshot.paths.events, "progress")
    return f"{beat.get('processes', 0)} processes, {beat.get('cpu_s', 0)} CPU seconds so far"
