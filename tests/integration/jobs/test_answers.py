"""Answers hold what the caller does not know: the state, the cause, and how to go on."""

import json
import subprocess
import time
from collections.abc import Callable

import pytest
from tests.integration.conftest import CHECKOUT, World

pytestmark = pytest.mark.sandbox
JOB = CHECKOUT / "tools" / "zephyr_job"
Type = Callable[..., "subprocess.CompletedProcess[str]"]
BROKEN = "echo 'src/x.c:3:1: error: unknown type name foo'; exit 1"


@pytest.fixture
def job(sandbox: World) -> Type:
    """Run `tools/zephyr_job VERB --project-id demo ...`."""
    return lambda verb, *words: sandbox.run(verb, "--project-id", "demo", *words, program=JOB)


def test_a_failed_job_is_reported_with_its_cause(job: Type) -> None:
    ran = job("run", "--job", "bad", "--wait", "60", "--", BROKEN)
    assert ran.returncode == 1
    head, cause = ran.stdout.splitlines()
    assert head.startswith("FAILED rc=1 ")
    assert cause == "  cause: src/x.c:3:1: error: unknown type name foo (line 1)"
    for verb in ("status", "wait"):
        assert job(verb, "bad").stdout.splitlines()[1] == cause
    assert cause[9:] in job("list").stdout


def test_a_short_job_is_answered_at_once_and_a_long_one_after_the_time(job: Type) -> None:
    assert job("run", "--job", "short", "--wait", "60", "--", "true").stdout.startswith("DONE ")
    ran = job("run", "--job", "long", "--wait", "1", "--", "sleep 60")
    assert (ran.returncode, ran.stdout.split(" ")[0]) == (124, "PROGRESS")
    job("stop", "long")


def test_several_jobs_are_named_in_one_answer(job: Type) -> None:
    for name in ("a", "b"):
        job("run", "--job", name, "--wait", "60", "--", "true")
    lines = job("status", "a", "b").stdout.splitlines()
    assert [line.split(" rc=")[0] for line in lines] == ["DONE job=a", "DONE job=b"]
    assert len(json.loads(job("status", "a", "b", "--json").stdout)["data"]["jobs"]) == 2


def test_a_list_holds_ten_rows_and_says_how_to_see_the_rest(job: Type) -> None:
    for number in range(11):
        job("run", "--job", f"n{number}", "--wait", "60", "--quiet", "--", "true")
    lines = job("list").stdout.splitlines()
    assert len(lines) == 11
    assert lines[-1].startswith("... 1 more: --after 2")
    assert job("list", *lines[-1].split()[-2:]).stdout.startswith("DONE n0 ")
    pages = [json.loads(job("list", "--json", "--most", "4").stdout)["data"]]
    while pages[-1]["next"]:
        more = job("list", "--json", "--most", "4", "--after", pages[-1]["next"])
        pages.append(json.loads(more.stdout)["data"])
    assert [row["job"] for page in pages for row in page["jobs"]] == [f"n{number}" for number in reversed(range(11))]
    assert len(job("list", "--since", "1h", "--most", "20").stdout.splitlines()) == 11
    time.sleep(1.1)
    assert "no jobs yet" in job("list", "--since", "1").stdout


@pytest.mark.parametrize(("after", "problem"), [("self", "cannot start after itself"), ("nosuch", "no job 'nosuch'")])
def test_what_can_never_begin_is_refused_at_once(job: Type, after: str, problem: str) -> None:
    refused = job("run", "--job", "self", "--after", after, "--", "true")
    assert refused.returncode != 0
    assert problem in refused.stderr
    assert job("status", "self").returncode == 5, "no run was made"


def test_an_error_line_has_an_exit_code_and_a_number_of_its_own(job: Type) -> None:
    script = "sleep 2; echo 'x.c:3:1: error: first thing'; sleep 3; echo 'y.c:9:1: error: other stuff'; sleep 60"
    job("run", "--job", "early", "--", script)
    first = job("wait", "early", "--on", "error", "--timeout", "40")
    assert first.returncode == 10, first.stdout
    number = first.stdout.split(", event ")[1].split(":")[0]
    following = job("wait", "early", "--on", "error", "--after-event", number, "--timeout", "40")
    assert following.returncode == 10
    assert "other stuff" in following.stdout
    job("stop", "early")


def test_show_holds_everything_of_a_run(job: Type) -> None:
    job("run", "--job", "bad", "--timeout", "9m", "--wait", "60", "--", BROKEN)
    lines = dict(line.split(None, 1) for line in job("show", "bad").stdout.splitlines())
    assert lines["limits"] == "timeout_s=540.0"
    assert lines["cause"].endswith("(line 1)")
    assert {"command", "host", "started", "ended", "log", "files"} <= lines.keys()


def test_a_log_is_bounded_by_default_and_a_pattern_searches_all_of_it(job: Type) -> None:
    job("run", "--job", "big", "--wait", "60", "--", "echo needle first; seq 200000; echo needle last")
    printed = job("logs", "big").stdout
    assert 60_000 < len(printed) < 70_000
    assert printed.endswith("needle last\n")
    assert job("logs", "big", "--grep", "needle").stdout == "needle first\nneedle last\n"
    assert len(job("logs", "big", "--grep", "1").stdout) < 70_000
    assert job("logs", "big", "--max-bytes", "0").stdout.count("\n") == 200_002


def test_a_paused_job_prints_nothing_until_it_is_resumed_and_can_be_stopped(job: Type) -> None:
    job("run", "--job", "p", "--wait", "1", "--", "while :; do date; sleep 0.1; done")
    assert job("pause", "p").returncode == 0
    time.sleep(1)
    before = json.loads(job("status", "p", "--json").stdout)["data"]["log_bytes"]
    time.sleep(1)
    assert json.loads(job("status", "p", "--json").stdout)["data"]["log_bytes"] == before
    assert job("resume", "p").returncode == 0
    deadline = time.monotonic() + 10
    while json.loads(job("status", "p", "--json").stdout)["data"]["log_bytes"] == before:
        assert time.monotonic() < deadline
    job("pause", "p")
    began = time.monotonic()
    assert "state=STOPPED" in job("stop", "p").stdout
    assert time.monotonic() - began < 8, "it ends at the request, not by force after the grace time"
    assert job("pause", "p").returncode == 2
