"""The report of a run among those of an answer."""

from sygaldry.flows.job.scheduled.answer import Answer, Reports, format_answer, parse_answer
from sygaldry.flows.job.scheduled.record import ScheduledRun
from sygaldry.jobs.limits import Limits
from sygaldry.model.batch import Handle, Phase, SchedulerReport

RECORD = ScheduledRun("u", "slurm", "many.u", "many", "R", "/w", ("true",), {}, Limits(), Handle("5"), array="0-9")


def report(identity: str, tasks: str, word: str, uuid: str = "u") -> SchedulerReport:
    return SchedulerReport(Handle(identity), uuid, Phase.ACTIVE, word, tasks=tasks)


REPORTS = Reports(
    (
        report("5", "0", "RUNNING"),
        report("5", "3-4,8", "PENDING"),
        report("5", "", "CANCELLED"),
        report("6", "1", "RUNNING"),
        report("5", "1", "FAILED", uuid="another"),
    )
)


def element(task: int) -> ScheduledRun:
    return ScheduledRun(**{**vars(RECORD), "task": task})


def words(*tasks: int) -> list[str]:
    return [found.word if (found := REPORTS.of(element(task))) else "" for task in tasks]


def test_a_task_has_its_own_report_or_that_of_the_tasks_it_waits_with() -> None:
    assert words(0, 3, 8) == ["RUNNING", "PENDING", "PENDING"]


def test_tasks_without_a_report_are_those_that_were_cancelled_together() -> None:
    assert words(5, 9) == ["CANCELLED", "CANCELLED"]


def test_a_report_of_another_id_or_run_is_not_taken() -> None:
    assert words(1) == ["CANCELLED"]
    assert Reports((report("6", "", "RUNNING"), report("5", "", "RUNNING", "another"))).of(RECORD) is None


def test_an_answer_is_kept_and_read_again() -> None:
    kept = Answer(12.5, (report("5", "0-3", "PENDING"),), "")
    assert parse_answer(format_answer(kept))[0] == kept
