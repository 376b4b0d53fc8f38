"""What a scheduler's accounting reports about jobs that the scheduler itself has forgotten.

One question serves all forgotten jobs of a project. Only an end is believed: the accounting goes on to show a job as
running that its controller lost.
"""

import os
import pwd
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sygaldry import schedulers
from sygaldry.flows.job.scheduled.answer import Answer, Reports, format_answer, load_answer
from sygaldry.flows.job.scheduled.record import ScheduledRun, end_path, folder_of, records_in
from sygaldry.host import files
from sygaldry.host.run import run
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.batch import Phase, SchedulerReport
from sygaldry.schedulers import UnreachableError

_LEAST_AGE_S: Final = 10.0  # the accounting learns of an end seconds later, and a frozen one costs its time limit
_SILENT_AGE_S: Final = 60.0
_MOST_NAMES: Final = 500  # in one question: 40 bytes each, and the kernel takes 128 KiB in one argument
_MOST_QUESTIONS: Final = 4


def report_from_history(
    paths: RunFiles, record: ScheduledRun, reports: Reports, max_age_s: float
) -> tuple[SchedulerReport | None, str]:
    """Return how a run ended by the accounting, or None and the reason why that could not be asked.

    `reports` is the scheduler's own answer: what it still knows is not asked for, but for who cancelled it.
    """
    answer, found = _asked(paths, record, reports, max(max_age_s, _LEAST_AGE_S))
    report = found.of(record)
    return (report, "") if report and report.phase is Phase.ENDED else (None, answer.unreachable)


def _asked(paths: RunFiles, record: ScheduledRun, reports: Reports, max_age_s: float) -> tuple[Answer, Reports]:
    cache = f"{folder_of(paths)}/{record.scheduler}.history"
    if known := _young(cache, max_age_s):
        return known
    with files.locked(f"{cache}.lock"):
        if known := _young(cache, max_age_s):
            return known
        scheduler, unreachable = schedulers.get(record.scheduler), ""
        found: list[SchedulerReport] = []
        try:
            for names, since in _questions(paths, record, reports):
                answered = scheduler.states(run(scheduler.history(os.getuid(), names, since)))
                found += [replace(each, by=_user_name(each.by)) for each in answered]
        except UnreachableError as error:
            unreachable = str(error)
        fresh = Answer(time.time(), tuple(found), unreachable)
        files.replace(cache, format_answer(fresh))
        return fresh, Reports(fresh.reports)


def _young(cache: str, max_age_s: float) -> tuple[Answer, Reports] | None:
    known = load_answer(cache)
    if known is None:
        return None
    most = max(max_age_s, _SILENT_AGE_S) if known[0].unreachable else max_age_s
    return known if 0 <= time.time() - known[0].time_s <= most else None


def _questions(paths: RunFiles, record: ScheduledRun, reports: Reports) -> Iterator[tuple[list[str], str]]:
    """Return the names to ask for, newest run first, each time with the day since when they exist."""
    others = (each for each in records_in(paths) if each.uuid != record.uuid and _is_wanted(paths, each, reports))
    wanted = [record, *sorted(others, key=lambda each: each.run, reverse=True)]
    for start in range(0, min(len(wanted), _MOST_NAMES * _MOST_QUESTIONS), _MOST_NAMES):
        asked = wanted[start : start + _MOST_NAMES]
        yield [each.name for each in asked], _day_before(min(each.run for each in asked))


def _is_wanted(paths: RunFiles, other: ScheduledRun, reports: Reports) -> bool:
    files_of = RunFiles(paths.folder, other.job, other.run)
    if reports.knows(other):
        return lacks_user(reports.of(other)) and not os.path.exists(end_path(files_of))
    return not any(map(os.path.exists, (end_path(files_of), files_of.code(1))))


def lacks_user(report: SchedulerReport | None) -> bool:
    """Return whether a job was cancelled by somebody whom only the accounting knows."""
    return report is not None and report.word == "CANCELLED" and not report.by


def _user_name(user: str) -> str:
    """Return the name of a user by the number that the accounting has."""
    try:
        return pwd.getpwuid(int(user)).pw_name
    except (KeyError, ValueError, OverflowError):
        return user


def _day_before(run_id: str) -> str:
    """Return a day that is safely before a run in every time zone."""
    return (datetime.fromisoformat(run_id[:8]) - timedelta(days=2)).date().isoformat()
