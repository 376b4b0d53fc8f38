"""Transient failures are retried; the same failure twice for the same cause is not."""

from typing import Any

import pytest

from sygaldry.supervisor.retry import RetryPolicy, classify, pause_s


def policy(*answers: tuple[str, str], retries: int = 9) -> RetryPolicy:
    scripted = iter(answers)
    return RetryPolicy({"retries": retries, "backoff_s": 10}, lambda *_: next(scripted))


def decide(policy: RetryPolicy, number: int = 1, state: str = "FAILED") -> Any:
    return policy.decide(number, state, 1, "/nowhere")


@pytest.mark.parametrize("state", ["DONE", "STOPPED", "TIMEOUT"])
def test_an_attempt_that_ended_otherwise_than_by_failing_is_not_retried(state: str) -> None:
    assert not decide(policy(), state=state).retry


def test_there_are_no_more_attempts_than_were_allowed() -> None:
    assert decide(policy(("transient", "")), 1, "FAILED").retry
    assert not decide(policy(retries=1), 2).retry
    assert not decide(policy(retries=0), 1).retry


def test_a_transient_failure_is_retried_even_with_the_same_signature() -> None:
    flaky = policy(("transient", "dns"), ("transient", "dns"))
    assert [decide(flaky, number).retry for number in (1, 2)] == [True, True]


def test_a_deterministic_failure_is_never_retried() -> None:
    decision = decide(policy(("deterministic", "syntax")))
    assert (decision.retry, decision.why) == (False, "not retried: the failure is deterministic")


def test_an_unknown_failure_is_retried_once_with_the_same_signature() -> None:
    repeated = policy(("unknown", "E1"), ("unknown", "E1"))
    assert decide(repeated, 1).retry
    assert decide(repeated, 2).why == "not retried: the same failure as before"


def test_unknown_failures_without_a_signature_are_all_retried() -> None:
    silent = policy(("unknown", ""), ("unknown", ""))
    assert [decide(silent, number).retry for number in (1, 2)] == [True, True]


def test_each_lack_of_memory_halves_the_processes_down_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(5)))
    shrinking = policy()
    assert shrinking.variables == {}
    assert [decide(shrinking, number, "OOM").jobs for number in (1, 2)] == [2, 1]
    assert shrinking.variables["MAX_JOBS"] == "1"
    assert decide(shrinking, 3, "OOM").why == "not retried: it ran out of resources with a single process"


def test_make_gets_the_number_of_processes_beside_the_flags_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEFLAGS", "--no-print-directory")
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    limited = policy()
    decide(limited, 1, "OOM")
    assert limited.variables["MAKEFLAGS"] == "--no-print-directory -j1"


@pytest.mark.parametrize(("number", "pause"), [(1, 10), (2, 20), (3, 40), (30, 3600)])
def test_the_pause_doubles_up_to_an_hour(number: int, pause: float) -> None:
    assert pause_s(10, number) == pause


def test_without_a_classifier_a_failure_is_unknown() -> None:
    assert classify({}, "/nowhere", 1) == ("unknown", "")
