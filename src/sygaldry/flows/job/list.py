"""List jobs, or the runs of one."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sygaldry.flows.job.facts import facts
from sygaldry.flows.job.headline import cause_of
from sygaldry.flows.job.lookup import RunSnapshot, find_run, inspect_or_unknown
from sygaldry.flows.job.scheduled.ask import COMMON_S
from sygaldry.flows.job.scheduled.elements import element_files
from sygaldry.flows.job.scheduled.record import load_record
from sygaldry.jobs.paths import RunFiles, check_job, is_run, new_run, runs_by_job, without_elements
from sygaldry.jobs.status_line import duration
from sygaldry.model.errors import UsageError
from sygaldry.model.job import State
from sygaldry.model.report import Json, Report

STATES: Final[Mapping[str, str]] = {
    **dict.fromkeys((State.QUEUED, State.START, State.PROGRESS, State.RETRY, State.UNKNOWN), "unknown"),
    **dict.fromkeys((State.FAILED, State.TIMEOUT, State.OOM, State.LOST), "bad"),
    State.ORPHANED: "warning",
    State.STOPPED: "warning",
    State.DONE: "good",
}


@dataclass(frozen=True)
class ListSelection:
    """Which rows to list: at most `most`, begun in the last `since_s` seconds, after the row of a cursor."""

    job: str = ""  # the runs of this job, not the newest run of every job
    most: int = 10
    since_s: float = 0
    after: str = ""  # the `next` of an earlier answer
    elements: bool = False  # each element of the newest run of an array; else an array is one row


def job_list(folder: str, selection: ListSelection | None = None) -> Report:
    """Report the newest run of each job, or the newest runs of one job, newest first."""
    selection = selection or ListSelection()
    job, most, elements = selection.job, selection.most, selection.elements
    if job:
        find_run(folder, check_job(job))
    found = runs_by_job(folder)
    if elements:
        wanted = _elements(folder, job)
    elif job:
        wanted = [(job, run) for run in found.get(job, ())]
    else:
        wanted = [(each, runs[-1]) for each, runs in without_elements(found).items()]
    oldest = new_run(time.time_ns() - int(selection.since_s * 1e9)) if selection.since_s else ""
    newest = sorted((each for each in wanted if each[1] >= oldest), key=lambda each: each[1], reverse=True)
    total, newest = len(newest), _after(newest, selection.after)
    snapshots: list[RunSnapshot] = []
    is_silent = False
    for each in newest[:most]:
        # A silent engine is not queried again: other runs that only it could judge are UNKNOWN too.
        is_silent = is_silent or (bool(snapshots) and snapshots[-1].state is State.UNKNOWN)
        snapshots.append(inspect_or_unknown(RunFiles(folder, *each), asks_engine=not is_silent, answer_age_s=COMMON_S))
    rows = [(snapshot, _row(snapshot)) for snapshot in snapshots]
    lines = tuple(
        _line(snapshot, row, len(found.get(snapshot.paths.job, ())), of_one=bool(job) and not elements)
        for snapshot, row in rows
    )
    more = len(newest) - len(snapshots)
    cursor = _cursor(newest[most - 1]) if more and most else ""
    lines = (*lines, f"... {more} more: --after {cursor}") if cursor else lines
    nothing = ("no jobs yet; start one: sygaldry job run --job NAME -- COMMAND ...",)
    return Report({"jobs": [row for _, row in rows], "total": total, "next": cursor}, lines or nothing, states=STATES)


def _cursor(row: tuple[str, str]) -> str:
    return f"{row[1]}/{row[0]}"


def _after(rows: list[tuple[str, str]], cursor: str) -> list[tuple[str, str]]:
    """Return the rows behind a cursor; if its run was removed, the older ones. Raises UsageError."""
    if not cursor:
        return rows
    run, _, job = cursor.partition("/")
    if not is_run(run):
        raise UsageError(f"not a valid cursor: {cursor!r}", hint="the `next` of: sygaldry job list --json")
    if (check_job(job), run) in rows:
        return rows[rows.index((job, run)) + 1 :]
    return [each for each in rows if each[1] < run]


def _elements(folder: str, job: str) -> list[tuple[str, str]]:
    array = find_run(folder, job) if job else None
    record = load_record(array) if array else None
    if array is None or record is None or record.tasks is None:
        raise UsageError("--elements needs an array", hint="sygaldry job list NAME --elements")
    return [(element_files(array, task).job, array.run) for task in record.tasks]


def _row(snapshot: RunSnapshot) -> dict[str, Json]:
    try:
        known = facts(snapshot)
    except (OSError, ValueError, TypeError, ArithmeticError) as error:
        names = {"job": snapshot.paths.job, "run": snapshot.paths.run}
        return {**names, "state": State.UNKNOWN.value, "why": f"its files cannot be read: {error}"}
    kept = ("job", "run", "state", "rc", "by", "why", "attempt", "elapsed_s", "log_bytes", "evidence")
    progress = ("done", "total", "step", "eta_s") if not known["final"] or snapshot.elements else ()
    return {name: known[name] for name in (*kept, *progress, "elements") if known.get(name) not in ("", None)}


def _line(snapshot: RunSnapshot, row: dict[str, Json], runs: int, *, of_one: bool) -> str:
    """Format a run in about 20 tokens: state, name, age, and progress or the reason of the end."""
    elapsed = row.get("elapsed_s")
    fields = {
        "rc": str(row.get("rc", "")) if row.get("rc") else "",
        "done": f"{row['done']}/{row['total']}" if row.get("total") else "",
        "runs": str(runs) if runs > 1 and not of_one and snapshot.elements == () else "",
    }
    more = "".join(f" {name}={value}" for name, value in fields.items() if value)
    reason = cause_of(snapshot) or str(row.get("why", "") if snapshot.state is not State.DONE else "")
    text = reason or str(row.get("step", ""))
    up = duration(elapsed if isinstance(elapsed, (int, float)) else 0)
    name = f"{row['job']} {row['run']}" if of_one else row["job"]
    return f"{row['state']} {name} {up}{more}{': ' if text else ''}{text[:80]}"
