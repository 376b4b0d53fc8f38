"""Ask a scheduler about all jobs of a project at once, and remember the answer for a while."""

import contextlib
import json
import os
import time
from dataclasses import asdict
from math import inf
from typing import Any, Final

from sygaldry import schedulers
from sygaldry.flows.job.scheduled.answer import Answer, Reports, format_answer, load_answer, parse_report
from sygaldry.flows.job.scheduled.history import lacks_user, report_from_history
from sygaldry.flows.job.scheduled.record import ScheduledRun, end_path, folder_of
from sygaldry.host import files
from sygaldry.host.boot import boot_id
from sygaldry.host.run import run
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.jobs.scheduled import SchedulerEvidence
from sygaldry.model.batch import Phase, SchedulerReport
from sygaldry.model.errors import StorageError
from sygaldry.model.json_text import parse_json
from sygaldry.schedulers import UnreachableError

FRESH_S: Final = 2.0  # for a verb about one job
COMMON_S: Final = 60.0  # for lists and for a wait, which ask again and again
_NAMED_WITHIN_S: Final = 60.0  # the accounting learns who cancelled a job some seconds after its end
_LARGEST_BYTES: Final = 1 << 20


def scheduler_evidence(paths: RunFiles, record: ScheduledRun, *, started: bool, max_age_s: float) -> SchedulerEvidence:
    """Gather what the scheduler reports about a run, and how old the run's own signs of life are."""
    title = schedulers.get(record.scheduler).title
    answer, reports = _asked(paths, record.scheduler, max_age_s)
    report, history = None if answer.unreachable else reports.of(record), ""
    kept = remembered_end(paths)
    # A job that may start again can be waiting for that in a controller that does not answer.
    if report is None and kept is None and not (answer.unreachable and record.limits.requeue):
        report, history = report_from_history(paths, record, reports, max_age_s)
    elif lacks_user(report or kept):
        report = _with_user(paths, record, reports, report, max_age_s)
    if report:
        _remember(paths, report, is_own=bool(report.node) or record.task < 0)
    report = report or kept
    return SchedulerEvidence(
        title,
        report,
        answer.unreachable if report is None else "",
        history_unreachable=history if report is None else "",
        answered_s=time.time() - answer.answered_s if answer.answered_s else inf,
        heartbeat_s=heartbeat_age(paths) if started and not is_here(paths) else inf,
        ended_s=_ended_s(paths),
        delay_s=float(str(record.settings.get("shared_delay", "60"))),
    )


def ask_scheduler(paths: RunFiles, name: str, max_age_s: float) -> Answer:
    """Return the last answer if it is young enough, else ask again; one process asks at a time."""
    return _asked(paths, name, max_age_s)[0]


def reported_now(paths: RunFiles, record: ScheduledRun) -> SchedulerReport | None:
    """Ask now, and return what is reported about a run; None also if there is no answer."""
    return _asked(paths, record.scheduler, 0)[1].of(record)


def _asked(paths: RunFiles, name: str, max_age_s: float) -> tuple[Answer, Reports]:
    cache = f"{folder_of(paths)}/{name}.answer"
    if (known := load_answer(cache)) and 0 <= time.time() - known[0].time_s <= max_age_s:
        return known
    with files.locked(f"{cache}.lock"):
        if (known := load_answer(cache)) and 0 <= time.time() - known[0].time_s <= max_age_s:
            return known
        scheduler = schedulers.get(name)
        try:
            reports = scheduler.states(run(scheduler.status(os.getuid())))
            fresh = Answer(now := time.time(), reports, answered_s=now)
        except UnreachableError as error:
            answered_s = known[0].answered_s if known else 0
            fresh = Answer(time.time(), unreachable=str(error), answered_s=answered_s)
        files.replace(cache, format_answer(fresh))
        return fresh, Reports(fresh.reports)


def forget_answer(paths: RunFiles, name: str) -> None:
    """Forget the last answer, which does not know of a job that was submitted since."""
    with contextlib.suppress(OSError):
        os.unlink(f"{folder_of(paths)}/{name}.answer")


def is_here(paths: RunFiles) -> bool:
    """Return whether a run started on this machine: its boot ID identifies it, and its locks can be seen."""
    started = events.last(paths.events, "started") or events.first(paths.events, "started")
    return bool(started) and started.get("boot_id") == boot_id()


def heartbeat_age(paths: RunFiles) -> float:
    """Return the age in seconds of the newest sign of life of a run, by the clock of the file system itself."""
    probe = f"{folder_of(paths)}/clock"
    try:
        files.replace(probe, "")
        newest = max(os.lstat(path).st_mtime for path in (paths.status, paths.events))
        return max(0.0, os.lstat(probe).st_mtime - newest)
    except (OSError, StorageError):
        return inf


def _with_user(
    paths: RunFiles, record: ScheduledRun, reports: Reports, report: SchedulerReport | None, max_age_s: float
) -> SchedulerReport | None:
    """Return the report of a cancelled job with the user who did it, where the accounting knows."""
    kept = remembered_end(paths)
    if kept and kept.by and kept.word == "CANCELLED":
        return kept
    if _ended_s(paths) > _NAMED_WITHIN_S:
        return report
    named, _ = report_from_history(paths, record, reports, max_age_s)
    return named if named and named.by else report


def _remember(paths: RunFiles, report: SchedulerReport, *, is_own: bool) -> None:
    """Keep the scheduler's last word about an end, which it forgets after minutes; a job that lives has none."""
    path, kept = end_path(paths), remembered_end(paths)
    if report.phase is not Phase.ENDED:
        with contextlib.suppress(OSError):
            os.unlink(path)
    elif is_own and kept != report:
        first_s = _json(path).get("time_s") if kept and kept.word == report.word else None
        files.replace(path, json.dumps({"time_s": first_s or time.time(), "report": asdict(report)}))


def remembered_end(paths: RunFiles) -> SchedulerReport | None:
    """Return the scheduler's last word about a run that has ended, which it may have forgotten since."""
    try:
        return parse_report(_json(end_path(paths))["report"])
    except (KeyError, TypeError, ValueError):
        return None


def _ended_s(paths: RunFiles) -> float:
    seen = _json(end_path(paths)).get("time_s")
    return max(0.0, time.time() - seen) if isinstance(seen, (int, float)) else 0.0


def _json(path: str) -> dict[str, Any]:
    try:
        data = parse_json(files.read_if_there(path, _LARGEST_BYTES, follow_links=False) or "{}")
    except (StorageError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
