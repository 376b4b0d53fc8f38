"""Another attempt is made where it can help, with less where something ran out, and never for the same cause twice."""

import os
from pathlib import Path

import pytest
from tests.faults.jobs._supervised import Start, Supervised, until, wait
from tests.integration.conftest import CHECKOUT

from sygaldry.flows.job.stop import job_stop
from sygaldry.jobs import events

_PROGRAM = f"import sys; sys.path[:0] = ['{CHECKOUT}/src']; from sygaldry.jobs.judge import main; main()"
REAL = ["-I", "-S", "-c", _PROGRAM, "LOG", "CODE"]
NETWORK = "curl: (6) Could not resolve host: registry.example.org"


def saying(kind: str, signature: str = "") -> list[str]:
    """Give a judge that always answers the same."""
    return ["-I", "-S", "-c", f"print({kind!r}); print({signature!r})"]


def retries(run: Supervised) -> list[events.Event]:
    return [each for each in events.read_events(run.paths.events) if each["event"] == "retry"]


def test_a_compiler_error_is_not_tried_again_and_a_dead_network_is(start: Start) -> None:
    broken = start("echo 'x.c:3:1: error: unknown type name foo'; exit 2", retries=3, backoff_s=0.1, judge=REAL)
    assert wait(broken) == 1
    assert retries(broken) == []
    assert "not retried: the failure is deterministic" in broken.seen.why
    unreachable = start(f"echo '{NETWORK}'; exit 6", retries=2, backoff_s=0.1, judge=REAL, job="n")
    assert wait(unreachable) == 1
    assert [each["kind"] for each in retries(unreachable)] == ["transient", "transient"]


def test_the_same_failure_of_an_unknown_kind_is_tried_again_once(start: Start) -> None:
    run = start("exit 9", retries=5, backoff_s=0.1, judge=saying("unknown", "same"))
    assert wait(run) == 1
    assert len(retries(run)) == 1
    assert "not retried: the same failure as before" in run.seen.why


def test_what_ran_out_is_tried_again_with_half_as_many_processes(start: Start) -> None:
    run = start('echo "[$MAKEFLAGS] $MAX_JOBS"; exit 9', retries=9, backoff_s=0.01, judge=saying("resources"))
    assert wait(run) == 1
    told = [each["jobs"] for each in retries(run)]
    assert told[0] == max(len(os.sched_getaffinity(0)) // 2, 1)
    assert told[-1] == 1, "at one process at a time there is nothing left to try"
    assert Path(run.paths.log(1)).read_text() == "[] \n"
    assert Path(run.paths.log(2)).read_text() == f"[-j{told[0]}] {told[0]}\n"
    assert "it ran out of resources with a single process" in run.seen.why


@pytest.mark.parametrize(
    "program", ["import sys; sys.exit(3)", "print()", "print('x' * 100000)", "import os; os.abort()"]
)
def test_a_judge_that_fails_costs_its_answer_and_nothing_else(start: Start, program: str) -> None:
    run = start("exit 9", retries=1, backoff_s=0.1, judge=["-I", "-S", "-c", program])
    assert wait(run) == 1
    assert [each["kind"] for each in retries(run)] == ["unknown"]
    assert run.seen.code == 9


def test_a_stop_between_two_attempts_is_a_stop(start: Start) -> None:
    run = start("exit 9", retries=3, backoff_s=600)
    until(lambda: run.state == "RETRY", "the first attempt to fail")
    assert job_stop(run.paths.folder, "j").data["state"] == "STOPPED"
    assert not Path(run.paths.log(2)).exists()


def test_an_attempt_that_succeeds_at_last_is_done(start: Start, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    run = start(f"if [ -e {mark} ]; then exit 0; fi; touch {mark}; exit 1", retries=2, backoff_s=0.1)
    assert wait(run) == 0
    assert (run.state, run.seen.attempt) == ("DONE", 2)
