"""A job from beginning to end, as people type it, in the real sandbox."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World

pytestmark = pytest.mark.sandbox
JOB = CHECKOUT / "tools" / "zephyr_job"


@pytest.fixture
def job(sandbox: World) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run `tools/zephyr_job VERB --project-id demo ...`."""
    return lambda verb, *words: sandbox.run(verb, "--project-id", "demo", *words, program=JOB)


Type = Callable[..., "subprocess.CompletedProcess[str]"]


def ledger(world: World) -> Path:
    """Return the folder of the jobs."""
    return world.root / "demo" / "bazel_cache" / "zephyr_jobs"


def assert_whole(world: World) -> None:
    """Every line of every ledger is JSON, at any moment."""
    for path in ledger(world).glob("*.jsonl"):
        for line in path.read_text().splitlines():
            assert json.loads(line)["event"]


def test_a_failing_job_is_told_by_every_verb(sandbox: World, job: Type) -> None:
    begun = time.monotonic()
    started = job("run", "--job", "hello", "--", "sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.2; done; exit 3")
    assert started.returncode == 0, started.stderr
    assert time.monotonic() - begun < 5, "a second on a quiet machine"
    assert job("status", "--job", "hello").stdout.split(" ")[0] in {"START", "PROGRESS"}
    assert_whole(sandbox)
    assert job("wait", "--job", "hello", "--timeout", "60").returncode == 1
    line, *cause = job("status", "--job", "hello").stdout.splitlines()
    assert line.startswith("FAILED rc=3 "), "without what the caller typed and knows"
    assert all(each.startswith("  cause: ") for each in cause)
    assert len(line.encode()) <= 300
    assert (ledger(sandbox) / "hello.status").read_text().startswith("FAILED job=hello ")
    assert job("tail", "--job", "hello", "--lines", "2").stdout == "line 2\nline 3\n"
    assert job("logs", "hello", "--grep", "2$").stdout == "line 2\n"
    assert json.loads(job("status", "hello", "--json").stdout)["data"]["why"] == "exited 3"
    assert "exited 3" in job("explain", "--job", "hello").stdout
    assert "hello" in job("list").stdout
    assert_whole(sandbox)


def test_a_job_that_is_done_is_accused_of_nothing(job: Type) -> None:
    job("run", "--job", "good", "--", "echo", "error: fatal failure")
    assert job("wait", "good", "--timeout", "60").returncode == 0
    assert "no cause" in job("explain", "good").stdout


def test_several_words_are_exact_and_one_is_a_line_of_bash(job: Type) -> None:
    job("run", "--job", "exact", "--", "printf", "<%s>", "a b", "$HOME", "*", "")
    job("run", "--job", "line", "--", "echo $((6*7)) | tr 4 5")
    assert job("wait", "exact", "line", "--timeout", "60").returncode == 0
    assert job("tail", "exact").stdout == "<a b><$HOME><*><>\n"
    assert job("tail", "line").stdout == "52\n"


def test_stop_leaves_nothing_of_the_tree(sandbox: World, job: Type) -> None:
    mark = f"{500000 + os.getpid()}.25"
    script = f"setsid sleep {mark} & (trap '' TERM; sleep {mark}) & echo up; sleep {mark}"
    job("run", "--job", "tree", "--", "sh", "-c", script)
    assert job("wait", "tree", "--timeout", "1").returncode == 124
    stopped = job("stop", "--job", "tree")
    assert " state=STOPPED " in stopped.stdout, stopped.stderr
    assert not processes_with(f"sleep\0{mark}")
    assert job("wait", "tree").returncode == 3
    assert_whole(sandbox)


def processes_with(mark: str) -> list[str]:
    """Find processes whose arguments hold a mark."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("name", ['a"b/../c', "..", "a b", "-x", "$(id)"])
def test_a_hostile_name_is_refused(sandbox: World, job: Type, name: str) -> None:
    refused = job("run", f"--job={name}", "--", "true")
    assert refused.returncode == 2
    assert "letters, digits" in refused.stderr
    assert not list(ledger(sandbox).glob("*.jsonl"))


def test_a_job_that_is_at_work_is_not_started_twice(job: Type) -> None:
    job("run", "--job", "one", "--", "sleep", "600")
    second = job("run", "--job", "one", "--", "sleep", "600")
    assert second.returncode == 2
    assert "already running" in second.stderr
    job("stop", "one")


def test_no_such_job_is_five_and_names_the_nearest(job: Type) -> None:
    job("run", "--job", "build", "--", "true")
    missing = job("wait", "biuld")
    assert missing.returncode == 5
    assert "did you mean 'build'" in missing.stderr


def test_a_job_comes_after_another_and_not_after_a_failure(sandbox: World, job: Type) -> None:
    job("run", "--job", "first", "--", "sh", "-c", "until test -e ~/go; do sleep 0.1; done; echo first")
    job("run", "--job", "second", "--after", "first", "--", "echo", "second")
    assert " state=QUEUED " in job("status", "second").stdout
    (sandbox.root / "demo" / "monorepo_home" / "go").touch()
    job("run", "--job", "bad", "--", "false")
    job("run", "--job", "third", "--after", "bad", "--", "echo", "third")
    assert job("wait", "second", "--timeout", "60").returncode == 0
    assert job("wait", "third", "--timeout", "60").returncode == 1
    assert "after bad" in job("status", "third").stdout


def test_a_secret_of_the_caller_is_in_no_file(sandbox: World, job: Type) -> None:
    words = ("run", "--project-id", "demo", "--job", "s", "--pass-environment", "HF_TOKEN", "--", "true")
    sandbox.run(*words, program=JOB, HF_TOKEN="hf_do_not_keep_me")
    job("wait", "s", "--timeout", "60")
    kept = b"".join(path.read_bytes() for path in ledger(sandbox).glob("s*") if path.is_file())
    assert b"hf_do_not_keep_me" not in kept
    assert b"HF_TOKEN" in kept, "its name is"


def test_following_a_log_ends_with_the_job_and_has_all_of_it(job: Type) -> None:
    job("run", "--job", "f", "--", "sh", "-c", "for i in $(seq 40); do echo $i; sleep 0.02; done; printf end")
    followed = job("tail", "f", "-f", "--lines", "1000000")
    assert followed.returncode == 0
    assert followed.stdout.split() == [*map(str, range(1, 41)), "end"]


def test_pruning_keeps_the_newest_and_what_is_at_work(sandbox: World, job: Type) -> None:
    for _ in range(3):
        job("run", "--job", "p", "--", "true")
        job("wait", "p", "--timeout", "60")
    assert json.loads(job("prune", "--keep", "5", "--json").stdout)["data"]["runs"] == [], "fewer than are to be kept"
    for draft in ("p.status.12345.draft", ".p.status.12345.draft"):  # of a supervisor, of the host
        (ledger(sandbox) / draft).write_text("PROGRE")
    would = json.loads(job("prune", "--keep", "1", "--json").stdout)["data"]
    assert len(would["runs"]) == 2
    job("prune", "--keep", "1", "--apply")
    assert len(list(ledger(sandbox).glob("p-*.jsonl"))) == 1
    assert not [path for path in ledger(sandbox).iterdir() if path.suffix == ".draft"]
    assert job("status", "p").stdout.startswith("DONE ")


def test_a_job_is_retried_as_it_was(job: Type) -> None:
    job("run", "--job", "r", "--timeout", "50", "--", "sh", "-c", "echo once; exit 4")
    job("wait", "r", "--timeout", "60")
    assert job("retry", "r").returncode == 0
    assert job("wait", "r", "--timeout", "60").returncode == 1
    assert job("tail", "r").stdout == "once\n"
    assert len(json.loads(job("list", "r", "--json").stdout)["data"]["jobs"]) == 2


def test_an_agent_is_told_one_line(sandbox: World) -> None:
    told = sandbox.run("run", "--project-id", "demo", "--job", "a", "--", "true", program=JOB, AI_AGENT="1")
    assert (told.stderr, len(told.stdout.splitlines())) == ("", 1)
    waited = sandbox.run("wait", "--project-id", "demo", "--job", "a", program=JOB, AI_AGENT="1")
    assert (waited.stderr, waited.returncode) == ("", 0)
