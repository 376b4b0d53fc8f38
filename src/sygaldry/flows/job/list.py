"""List jobs, or the runs of one."""

from sygaldry.flows.job.lookup import Seen, look, names_of
from sygaldry.flows.job.status import facts
from sygaldry.jobs.paths import Names, check_job, runs_by_job
from sygaldry.jobs.status_line import duration, size
from sygaldry.model.job import State
from sygaldry.model.report import Json, Report


def job_list(folder: str, job: str = "", most: int = 50) -> Report:
    """Report the newest run of each job, or the newest runs of one; at most so many."""
    if job:
        names_of(folder, check_job(job))
    found = runs_by_job(folder)
    wanted = [(job, run) for run in found.get(job, ())] if job else [(each, runs[-1]) for each, runs in found.items()]
    newest = sorted(wanted, key=lambda each: each[1], reverse=True)
    shown: list[Seen] = []
    for each in newest[:most]:
        # An engine that stays silent is not waited for again: the others are UNKNOWN, too, where it alone could tell.
        is_silent = any(seen.truth.state is State.UNKNOWN for seen in shown)
        shown.append(look(Names(folder, *each), asks_engine=not is_silent))
    rows = [(seen, _row(seen)) for seen in shown]
    lines = tuple(_line(row, len(found.get(seen.names.job, ()))) for seen, row in rows)
    more = len(newest) - len(shown)
    notes = (f"{more} more: --most {len(newest)}",) if more else ()
    nothing = ("no jobs yet; start one: sygaldry job run --job NAME -- COMMAND ...",)
    return Report({"jobs": [row for _, row in rows], "total": len(newest)}, lines or nothing, notes)


def _row(seen: Seen) -> dict[str, Json]:
    known = facts(seen)
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
