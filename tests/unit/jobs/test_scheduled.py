"""The state of a run by its scheduler's word: silence and absence are never an end."""

from dataclasses import replace
from math import inf

import pytest

from sygaldry.jobs.scheduled import STALE_S, SchedulerEvidence, ending_of, infer_scheduled_state
from sygaldry.jobs.state import RunState
from sygaldry.model.batch import Handle, Phase, SchedulerReport
from sygaldry.model.job import Ender, State


def report(
    word: str, phase: Phase = Phase.ENDED, reason: str = "None", *, node: str = "n1", by: str = ""
) -> SchedulerReport:
    return SchedulerReport(Handle("7"), "u" * 32, phase, word, reason, node, by)


def judged(
    answer: SchedulerReport | None, *, started: bool = True, stop: bool = False, **ages: float | str
) -> RunState:
    silence_s = 600 if answer and answer.phase is Phase.ENDED else 5
    evidence = replace(SchedulerEvidence("Slurm", answer, heartbeat_s=silence_s, ended_s=600), **ages)  # type: ignore[arg-type] # each test names fields of it
    return infer_scheduled_state(evidence, started=started, stop_requested=stop)


@pytest.mark.parametrize(
    ("word", "state", "by"),
    [
        ("TIMEOUT", State.TIMEOUT, Ender.SCHEDULER),
        ("DEADLINE", State.TIMEOUT, Ender.SCHEDULER),
        ("OUT_OF_MEMORY", State.OOM, Ender.MACHINE),
        ("NODE_FAIL", State.LOST, Ender.MACHINE),
        ("BOOT_FAIL", State.LOST, Ender.MACHINE),
        ("PREEMPTED", State.LOST, Ender.SCHEDULER),
        ("CANCELLED", State.STOPPED, Ender.USER),
        ("FAILED", State.LOST, Ender.SCHEDULER),
        ("COMPLETED", State.LOST, Ender.SCHEDULER),
    ],
)
def test_how_a_started_run_without_exit_code_ended(word: str, state: State, by: Ender) -> None:
    found = judged(report(word))
    assert (found.state, found.by, found.code) == (state, by, None)
    assert word in found.why or word == "CANCELLED"


@pytest.mark.parametrize("word", ["FAILED", "COMPLETED"])
def test_a_run_that_never_started_has_failed(word: str) -> None:
    assert judged(report(word, reason="JobLaunchFailure"), started=False).state is State.FAILED


def test_a_dependency_that_failed_is_named() -> None:
    found = judged(report("CANCELLED", reason="DependencyNeverSatisfied", node=""), started=False)
    assert (found.state, found.why) == (State.FAILED, "a job that it waits for did not succeed")


def test_a_cancelled_run_names_the_user_where_slurm_does() -> None:
    assert judged(report("CANCELLED", by="1000")).why == "cancelled by user 1000"


def test_an_end_is_believed_only_when_an_exit_code_would_be_visible() -> None:
    assert judged(report("COMPLETED"), ended_s=3).state is State.UNKNOWN
    assert judged(report("NODE_FAIL"), ended_s=3).state is State.UNKNOWN
    assert judged(report("CANCELLED", node=""), started=False, ended_s=0).state is State.STOPPED, "it was on no node"


def test_a_waiting_run_says_what_for() -> None:
    found = judged(report("PENDING", Phase.WAITING, "Resources", node=""), started=False, heartbeat_s=inf)
    assert (found.state, found.why) == (State.QUEUED, "waiting: Resources")


def test_a_running_run_needs_a_sign_of_life() -> None:
    running = report("RUNNING", Phase.ACTIVE)
    assert judged(running, started=False).state is State.START
    assert judged(running).state is State.PROGRESS
    silent = judged(running, heartbeat_s=STALE_S + 1)
    assert (silent.state, "no sign of life" in silent.why) == (State.UNKNOWN, True)


@pytest.mark.parametrize("unreachable", ["", "Unable to contact slurm controller"])
def test_absence_and_silence_are_never_an_end(unreachable: str) -> None:
    found = judged(None, heartbeat_s=4000, unreachable=unreachable)
    assert found.state is State.UNKNOWN
    assert "last sign of life 67m ago" in found.why
    assert judged(None, unreachable=unreachable).state is State.PROGRESS, "its own files say that it lives"
    assert judged(None, started=False, unreachable=unreachable).state is State.UNKNOWN


def test_a_state_of_tomorrow_is_unknown() -> None:
    assert judged(report("HIBERNATED", Phase.UNKNOWN)).state is State.UNKNOWN


def test_a_requested_stop_is_the_users() -> None:
    assert judged(report("CANCELLED"), stop=True).why == "stopped by user"
    assert judged(report("NODE_FAIL"), stop=True).state is State.LOST


def test_an_exit_code_stays_the_jobs_own() -> None:
    assert ending_of(report("FAILED"), "Slurm", 3) is None
    found = ending_of(report("CANCELLED", by="0"), "Slurm", 143)
    assert found == RunState(State.STOPPED, 143, Ender.USER, "cancelled by user 0")


def test_a_start_that_was_ended_from_outside_is_judged_by_its_scheduler() -> None:
    assert judged(report("PENDING", Phase.WAITING, "BeginTime"), interrupted_by=143).state is State.RETRY
    assert judged(report("COMPLETING", Phase.ACTIVE), interrupted_by=143).state is State.RETRY
    assert judged(None, interrupted_by=143).state is State.UNKNOWN
    ended = {word: judged(report(word), interrupted_by=143) for word in ("CANCELLED", "TIMEOUT", "PREEMPTED", "FAILED")}
    assert {word: each.state for word, each in ended.items()} == {
        "CANCELLED": State.STOPPED, "TIMEOUT": State.TIMEOUT, "PREEMPTED": State.LOST, "FAILED": State.FAILED
    }  # fmt: skip
    assert {each.code for each in ended.values()} == {143}


def test_a_started_run_that_waits_again_will_be_retried() -> None:
    found = judged(report("PENDING", Phase.WAITING, "BeginTime"), heartbeat_s=1)
    assert (found.state, found.why) == (State.RETRY, "Slurm will start it again, waiting: BeginTime")


def test_a_run_that_gives_signs_of_life_has_not_ended_whatever_its_scheduler_reports() -> None:
    found = judged(report("NODE_FAIL"), heartbeat_s=40)
    assert (found.state, found.why) == (State.UNKNOWN, "Slurm reports NODE_FAIL, but it gave a sign of life 40s ago")
    assert judged(report("NODE_FAIL"), heartbeat_s=90).state is State.LOST
    assert judged(report("NODE_FAIL"), heartbeat_s=inf).state is State.LOST


def test_a_silent_scheduler_and_a_silent_accounting_are_named_with_the_age_of_the_last_answer() -> None:
    silent = judged(None, started=False, unreachable="no answer within 25 s", answered_s=200)
    assert silent.why == "Slurm does not answer: no answer within 25 s; its last answer came 3m ago"
    forgotten = judged(None, started=False, history_unreachable="no answer within 10 s")
    assert forgotten.state is State.UNKNOWN
    assert forgotten.why == "Slurm does not know its job, and its accounting does not answer: no answer within 10 s"


def test_a_job_without_a_process_here_is_unknown_while_the_scheduler_reports_it_as_running() -> None:
    found = judged(report("RUNNING", Phase.ACTIVE), heartbeat_s=inf)
    assert found.state is State.UNKNOWN
    assert found.why == "Slurm reports RUNNING, but no process of the job is left on this machine"
