"""Look after the jobs of a project: which run, which are stuck, which ended without a word."""

from sygaldry.flows.job.lookup import Seen, look
from sygaldry.flows.job.status import facts
from sygaldry.host.disk import free_and_size
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names, runs_by_job
from sygaldry.jobs.status_line import duration
from sygaldry.model.job import State
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human

_LOW_BYTES = 1 << 30


def job_health(folder: str) -> Report:
    """Report what needs somebody's attention; exit code 1 if anything does."""
    newest = [look(Names(folder, job, runs[-1])) for job, runs in sorted(runs_by_job(folder).items())]
    found = [(seen, _trouble(seen)) for seen in newest]
    free, _ = free_and_size(folder)
    lines = [f"{seen.names.job}: {said}" for seen, said in found if said]
    if free < _LOW_BYTES:
        lines.append(f"only {human(free)} are free under {folder}; see: sygaldry storage du")
    alive = sum(not seen.truth.state.final for seen in newest)
    data: list[Json] = [
        {"job": seen.names.job, "state": seen.truth.state.value, "trouble": said} for seen, said in found
    ]
    closing = f"{alive} at work, {len(newest)} jobs, {len(lines)} in trouble"
    return Report(
        {"jobs": data, "free_bytes": free, "troubles": len(lines)}, (*lines, closing), exit_code=1 if lines else 0
    )


def _trouble(seen: Seen) -> str:
    state, job = seen.truth.state, seen.names.job
    if state in (State.LOST, State.ORPHANED, State.UNKNOWN):
        return f"{state}: {seen.truth.why}; see: sygaldry job tail --job {job}"
    if state is State.PROGRESS:
        known = facts(seen)
        newest = events.last(seen.names.events, "stall", "resumed")
        if newest.get("event") == "stall":
            silent = known["silent_s"]
            said = duration(silent if isinstance(silent, (int, float)) else 0)
            return f"silent for {said}, {_cpu(seen)}; see: sygaldry job tail --job {job}"
    return ""


def _cpu(seen: Seen) -> str:
    beat = events.last(seen.names.events, "progress")
    return f"{beat.get('processes', 0)} processes, {beat.get('cpu_s', 0)} CPU seconds so far"
