"""The state of a run is what the evidence says."""

import itertools

import pytest

from sygaldry.jobs.state import GONE, Evidence, infer_state
from sygaldry.model.job import Ender, State

EXIT = {"event": "exit", "state": "TIMEOUT", "rc": 143, "by": "runner", "why": "it ran too long"}


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        (Evidence(supervisor=True), State.PROGRESS),
        (Evidence(supervisor=True, exit_shell=True, stage="RETRY"), State.RETRY),
        (Evidence(exit_shell=True), State.ORPHANED),
        (Evidence(host=True, stage="QUEUED"), State.QUEUED),
        (Evidence(host=True, stage="START"), State.START),
        (Evidence(code=0, started=True), State.DONE),
        (Evidence(code=3, started=True), State.FAILED),
        (Evidence(code=3, started=True, booted_since=True), State.FAILED),
        (Evidence(code=143, started=True, stop_requested=True), State.STOPPED),
        (Evidence(code=0, started=True, stop_requested=True), State.DONE),
        (Evidence(code=143, exit=EXIT, started=True), State.TIMEOUT),
        (Evidence(started=True), State.LOST),
        (Evidence(started=True, host=True), State.LOST),
        (Evidence(), State.LOST),
        (Evidence(started=True, booted_since=True), State.LOST),
        (Evidence(started=True, engine={"OOMKilled": True, "ExitCode": 137}), State.OOM),
        (Evidence(started=True, engine={"ExitCode": 137}), State.LOST),
        (Evidence(started=True, engine_silent="Cannot connect"), State.UNKNOWN),
        (Evidence(started=True, engine={"Running": True}), State.UNKNOWN),
        (Evidence(engine_silent="Cannot connect"), State.UNKNOWN),
        (Evidence(engine={"Running": True}), State.START),
        (Evidence(engine={"Status": "created"}, prepared_s_ago=1), State.START),
        (Evidence(engine={"Status": "created"}, prepared_s_ago=99), State.LOST),
        (Evidence(engine={"Status": "created", "Error": "no such file"}, prepared_s_ago=1), State.LOST),
        (Evidence(engine={"Status": "created"}, stop_requested=True), State.STOPPED),
        (Evidence(engine=dict(GONE), started=True), State.LOST),
        (Evidence(engine=dict(GONE), started=True, stop_requested=True), State.STOPPED),
        (Evidence(anchor=True), State.START),
        (Evidence(anchor=True, started=True), State.ORPHANED),
        (Evidence(anchor=True, started=True, code=137), State.ORPHANED),
        (Evidence(started=True, foreign_host="gpu7"), State.UNKNOWN),
        (Evidence(exit={"event": "exit", "state": "VANISHED", "rc": 0}), State.DONE),
        (Evidence(exit={"event": "exit", "state": "VANISHED"}), State.UNKNOWN),
    ],
)
def test_the_truth_table(evidence: Evidence, state: State) -> None:
    assert infer_state(evidence).state is state


def test_nothing_is_done_without_an_exit_code_of_zero() -> None:
    flags = (False, True)
    for supervisor, shell, host, started, booted, code in itertools.product(*(flags,) * 5, (None, 1, 137)):
        evidence = Evidence(supervisor, shell, host, code, started=started, booted_since=booted)
        assert infer_state(evidence).state is not State.DONE


def test_a_held_lock_beats_what_is_written() -> None:
    written = {"event": "exit", "state": "DONE", "rc": 0, "by": "job"}
    assert infer_state(Evidence(supervisor=True, code=0, exit=written)).state is State.PROGRESS


def test_each_end_says_who_and_why() -> None:
    lost = infer_state(Evidence(started=True, booted_since=True))
    assert (lost.by, lost.why) == (Ender.MACHINE, "the machine was restarted while it ran")
    assert infer_state(Evidence(code=139)).why == "killed by signal 11"


@pytest.mark.parametrize(("code", "why"), [(137, "killed by signal 9"), (200, "exited 200"), (255, "exited 255")])
def test_only_the_number_of_a_signal_is_told_as_one(code: int, why: str) -> None:
    assert infer_state(Evidence(code=code, started=True)).why == why


@pytest.mark.parametrize(
    ("engine", "started", "why"),
    [
        ({"ExitCode": 137}, True, "its container was ended from outside (exit code 137)"),
        ({"ExitCode": 137}, False, "its container ended before the job began (exit code 137)"),
        (
            {"ExitCode": 127, "Error": "no python3"},
            False,
            "its container ended before the job began (exit code 127): no",
        ),
        (dict(GONE), True, "its container was removed from outside"),
        (dict(GONE), False, "the process that should have started it is gone"),
        ({"Status": "created", "ExitCode": 0}, False, "its container was created but never started"),
    ],
)
def test_the_engines_words_become_a_reason(engine: dict[str, object], started: bool, why: str) -> None:
    assert infer_state(Evidence(engine=engine, started=started)).why.startswith(why)


def test_a_full_disk_is_the_reason_of_a_missing_exit_code_and_not_a_kill() -> None:
    for evidence in (Evidence(started=True, full=True), Evidence(started=True, full=True, engine={"ExitCode": 137})):
        state = infer_state(evidence)
        assert state.state is State.LOST
        assert "is full" in state.why
