"""A scheduler's answer about all jobs of a user, as it is kept between two questions."""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any, Final

from sygaldry.flows.job.scheduled.memo import Memo
from sygaldry.flows.job.scheduled.record import ScheduledRun
from sygaldry.model.array import TaskSet, parse_tasks
from sygaldry.model.batch import Handle, Phase, SchedulerReport
from sygaldry.model.errors import StorageError
from sygaldry.model.json_text import parse_json


@dataclass(frozen=True)
class Answer:
    """What a scheduler reported and when; `unreachable` says why it did not, `answered_s` when it last did."""

    time_s: float
    reports: tuple[SchedulerReport, ...] = ()
    unreachable: str = ""
    answered_s: float = 0


class Reports:
    """Find the report of a run among those of an answer, also of one task among a thousand."""

    def __init__(self, reports: tuple[SchedulerReport, ...]) -> None:
        self._of_run: dict[str, list[SchedulerReport]] = defaultdict(list)
        self._whole: dict[str, list[SchedulerReport]] = defaultdict(list)
        self._of_task: dict[tuple[str, int], list[SchedulerReport]] = defaultdict(list)
        self._together: dict[str, list[tuple[TaskSet, SchedulerReport]]] = defaultdict(list)
        for each in reports:
            self._of_run[each.uuid].append(each)
            if each.tasks.isdecimal():
                self._of_task[each.uuid, int(each.tasks)].append(each)
            elif not each.tasks:
                self._whole[each.uuid].append(each)
            else:
                self._together[each.uuid].append((_tasks(each.tasks), each))

    def knows(self, record: ScheduledRun) -> bool:
        """Return whether there is any report of a run, also of one of its tasks."""
        return record.uuid in self._of_run

    def of(self, record: ScheduledRun) -> SchedulerReport | None:
        """Return the newest report of a run: by its uuid, and by the id if that is known.

        A script that is submitted again by hand has the uuid, but not the id.
        """
        if record.task < 0:
            choices = [self._of_run.get(record.uuid, [])]
        else:
            together = [report for tasks, report in self._together.get(record.uuid, []) if record.task in tasks]
            # Tasks that were cancelled while they waited together are reported as the array itself.
            choices = [self._of_task.get((record.uuid, record.task), []), together, self._whole.get(record.uuid, [])]
        identity = record.handle.id if record.handle else ""
        found = ([each for each in choice if identity in ("", each.handle.id)] for choice in choices)
        return next((each[-1] for each in found if each), None)


def format_answer(answer: Answer) -> str:
    """Format an answer for its file."""
    return json.dumps(asdict(answer))


def parse_answer(text: str) -> tuple[Answer, Reports]:
    """Parse the file of an answer. Raises ValueError, KeyError or TypeError."""
    data = parse_json(text)
    reports = tuple(parse_report(each) for each in data["reports"])
    answer = Answer(float(data["time_s"]), reports, str(data["unreachable"]), float(data.get("answered_s", 0)))
    return answer, Reports(reports)


def load_answer(path: str) -> tuple[Answer, Reports] | None:
    """Load a kept answer; None if there is none, or if its file is damaged."""
    try:
        return _ANSWERS.read(path)
    except (StorageError, KeyError, TypeError, ValueError, RecursionError):
        return None


def parse_report(data: dict[str, Any]) -> SchedulerReport:
    """Parse one report. Raises KeyError, TypeError or ValueError."""
    return SchedulerReport(**{**data, "handle": Handle(**data["handle"]), "phase": Phase(data["phase"])})


def _tasks(text: str) -> TaskSet:
    try:
        return parse_tasks(text)
    except ValueError:
        return TaskSet(())


_ANSWERS: Final = Memo(parse_answer)
