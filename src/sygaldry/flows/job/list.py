"""List jobs, or the runs of one."""

from sygaldry.flows.job.lookup import RunSnapshot, find_run, inspect_or_unknown
from sygaldry.flows.job.scheduled.ask import COMMON_S
from sygaldry.flows.job.status import facts
from sygaldry.jobs.paths import RunFiles, check_job, runs_by_job
from sygaldry.jobs.status_line import duration, size
from sygaldry.model.job import State
from sygaldry.model.report import Json, Report


def job_list(folder: str, job: str = "", most: int = 50) -> Report:
    """Report the newest run of each job, or the newest runs of one job, at most `most`."""
    if job:
        find_run(folder, check_job(job))
    found = runs_by_job(folder)
    wanted = [(job, run) for run in found.get(job, ())] if job else [(each, runs[-1]) for each, runs in found.items()]
    newest = sorted(wanted, key=lambda each: each[1], reverse=True)
    snapshots: list[RunSnapshot] = []
    for each in newest[:most]:
        # A silent engine is not queried again: other runs that only it could judge are UNKNOWN too.
        is_silent = any(snapshot.state is State.UNKNOWN for snapshot in snapshots)
        snapshots.append(inspect_or_unknown(RunFiles(folder, *each), asks_engine=not is_silent, answer_age_s=COMMON_S))
    rows = [(snapshot, _row(snapshot)) for snapshot in snapshots]
    lines = tuple(_line(row, len(found.get(snapshot.paths.job, ()))) for snapshot, row in rows)
    more = len(newest) - len(snapshots)
    notes = (f"{more} more: --most {len(newest)}",) if more else ()
    nothing = ("no jobs yet; start one: sygaldry job run --job NAME -- COMMAND ...",)
    return Report({"jobs": [row for _, row in rows], "total": len(newest)}, lines or nothing, notes)


def _row(snapshot: RunSnapshot) -> dict[str, Json]:
    known = facts(snapshot)
    kept = ("job", "run", "state", "final", "rc", "by", "why", "attempt", "elapsed_s", "log_bytes")
    return {name: known[name] for name in kept}


def _line(row: dict[str, Json], runs: int) -> str:
    code = "-" if row["rc"] is None else row["rc"]
    elapsed, printed = row["elapsed_s"], row["log_bytes"]
    return (
        f"{row['state']:<9} {row['job']:<24} {row['run']}  rc={code:<4} "
        f"{duration(elapsed if isinstance(elapsed, float) else 0):>7} "
        f"{size(printed if isinstance(printed, int) else 0):>7}  runs={runs}"
    )
