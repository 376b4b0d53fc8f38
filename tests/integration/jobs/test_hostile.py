"""What a job writes is evidence: it cannot end other runs, change what the host saw, or lead it to other files."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World

from sygaldry.flows.job.lookup import inspect_run
from sygaldry.host.locks import is_held
from sygaldry.jobs.paths import RunFiles, newest_run
from sygaldry.supervisor.ledger import Events

pytestmark = pytest.mark.sandbox
JOB = CHECKOUT / "tools" / "zephyr_job"
Type = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def job(sandbox: World) -> Type:
    """Run `tools/zephyr_job VERB --project-id demo ...`."""
    return lambda verb, *words: sandbox.run(verb, "--project-id", "demo", *words, program=JOB)


@pytest.fixture
def jobs(sandbox: World) -> Path:
    """Give the folder of the jobs."""
    return sandbox.root / "demo" / "bazel_cache" / "zephyr_jobs"


def run_of(jobs: Path, job: str) -> RunFiles:
    return RunFiles(str(jobs), job, newest_run(str(jobs), job))


def observed(run: RunFiles) -> None:
    """Wait until the host has recorded the end and its process is gone."""
    deadline = time.monotonic() + 20
    while not inspect_run(run).verdict.is_observed or is_held(run.host_lock):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_job_can_write_its_own_files_and_no_others(job: Type, jobs: Path) -> None:
    job("run", "--job", "victim", "--", "exit 3")
    assert job("wait", "victim").returncode == 1
    victim = run_of(jobs, "victim")
    inside = f"/opt/bazel_cache/zephyr_jobs/{victim.name}/{victim.name}"
    attack = (
        f"echo 0 > {inside}.rc; rm -f {inside}.jsonl; touch /opt/bazel_cache/zephyr_jobs/planted; ls /opt/.sygaldry; :"
    )
    job("run", "--job", "attacker", "--", attack)
    assert job("wait", "attacker").returncode == 0
    assert job("logs", "attacker").stdout.count("Read-only file system") == 3
    assert job("status", "victim").stdout.startswith("FAILED")
    assert not (jobs / "planted").exists()


def test_what_the_host_saw_is_not_overruled_by_a_rewritten_ledger(job: Type, jobs: Path) -> None:
    job("run", "--job", "forged", "--", "exit 3")
    assert job("wait", "forged").returncode == 1
    run = run_of(jobs, "forged")
    observed(run)
    Events(run.events).append("exit", 0, state="DONE", rc=0, by="job", why="")
    Path(run.code()).write_text("0\n")
    Path(run.status).write_text(f"DONE job=forged run={run.run} state=DONE rc=0\n")
    assert job("wait", "forged").returncode == 1
    assert job("status", "forged").stdout.startswith("FAILED")
    assert json.loads(job("status", "forged", "--json").stdout)["data"]["evidence"] == "host"


def test_a_job_that_claims_success_before_it_fails_has_failed(job: Type, jobs: Path) -> None:
    event = (
        '{"v":1,"seq":99,"ts":"2026-01-01T00:00:00.000Z","offset":0,"event":"exit","state":"DONE","rc":0,"by":"job"}'
    )
    claim = f"""
run=$(ls -d /opt/bazel_cache/zephyr_jobs/liar-*Z); base=$run/${{run##*/}}
echo '{event}' >>$base.jsonl; echo 0 >$base.rc
for pid in $(grep -al supervise.py /proc/[0-9]*/cmdline | tr -dc '0-9\\n'); do kill -9 $pid; done
"""
    job("run", "--job", "liar", "--", claim)
    deadline = time.monotonic() + 20
    while job("wait", "liar", "--timeout", "1").returncode == 124:
        assert time.monotonic() < deadline
    observed(run_of(jobs, "liar"))
    assert job("wait", "liar").returncode != 0
    assert "the host saw exit code" in json.loads(job("status", "liar", "--json").stdout)["data"]["why"]


def test_a_state_that_rests_on_the_jobs_own_files_is_marked(job: Type, jobs: Path) -> None:
    job("run", "--job", "alone", "--", "true")
    job("wait", "alone")
    run = run_of(jobs, "alone")
    observed(run)
    kept = [line for line in Path(run.record).read_text().splitlines() if '"exit"' not in line]
    Path(run.record).write_text("\n".join(kept) + "\n")
    (jobs / "alone.status").unlink()
    assert " evidence=inside" in job("status", "alone").stdout


@pytest.mark.parametrize("trap", ["link", "fifo"])
def test_a_log_that_is_no_file_is_refused(job: Type, jobs: Path, trap: str) -> None:
    job("run", "--job", "x", "--", "echo hi; exit 1")
    job("wait", "x")
    log = Path(run_of(jobs, "x").log())
    log.unlink()
    log.symlink_to("/etc/passwd") if trap == "link" else os.mkfifo(log)
    for verb in ("tail", "logs", "explain"):
        refused = job(verb, "--job", "x")
        assert refused.returncode != 0, verb
        assert "root:" not in refused.stdout + refused.stderr
        assert "cannot read" in refused.stderr or "not a regular file" in refused.stderr
    assert job("status", "--job", "x").stdout.startswith("FAILED")


def test_a_planted_log_of_the_first_release_is_refused(job: Type, jobs: Path) -> None:
    job("run", "--job", "y", "--", "true")
    job("wait", "y")
    base = jobs / "x-20260101T000000000Z"
    Events(f"{base}.jsonl").append("submitted", 0)
    Path(f"{base}.log").symlink_to("/etc/passwd")
    refused = job("tail", "--job", "x")
    assert refused.returncode != 0
    assert "it is a symbolic link" in refused.stderr


@pytest.mark.parametrize("name", ["status", "jsonl", "rc", "sup.lock", "idx", "spec.json"])
@pytest.mark.parametrize("trap", ["fifo", "garbage"])
def test_one_bad_file_costs_one_row_of_a_list(job: Type, jobs: Path, name: str, trap: str) -> None:
    for each in ("bad", "good"):
        job("run", "--job", each, "--", "true")
    job("wait", "bad", "good")
    run = run_of(jobs, "bad")
    observed(run)
    path = Path(run.own) / ("bad.status" if name == "status" else f"{run.name}.{name}")
    path.unlink(missing_ok=True)
    os.mkfifo(path) if trap == "fifo" else path.write_bytes(b"\xff[" * 5000)
    for verb in ("list", "health", "prune"):
        answer = job(verb)
        assert answer.returncode in (0, 1), answer.stderr
        assert "fault of Sygaldry" not in answer.stderr
    assert "good" in job("list").stdout
    assert job("prune", "--keep", "0", "--apply").returncode == 0
    assert not list(jobs.iterdir()), "nothing is left of either run"
    assert not list((jobs.parents[1] / ".sygaldry" / "jobs").iterdir())


def test_escapes_in_a_log_never_reach_the_terminal(job: Type) -> None:
    job("run", "--job", "ansi", "--", r"printf '\033]0;owned\007\033[2Jtext \342\200\256gpj.exe\n'; exit 1")
    job("wait", "ansi")
    for verb in ("tail", "logs", "status", "explain", "list", "health"):
        printed = job(verb, "ansi").stdout if verb != "health" else job(verb).stdout
        assert "\x1b" not in printed
        assert "\u202e" not in printed
