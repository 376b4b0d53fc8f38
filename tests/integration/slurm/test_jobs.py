"""Jobs on a real cluster: the same ledger, states, verbs and exit codes as on one machine."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.docs.ledger_files import is_documented
from tests.integration.conftest import World
from tests.integration.slurm.conftest import ClusterWorld
from tests.rig.slurm import Cluster


def test_the_exit_code_is_the_jobs_own(on_cluster: ClusterWorld) -> None:
    on_cluster.run("hello", "--", "sh", "-c", "echo on $SLURMD_NODENAME; exit 130")
    waited = on_cluster.job("wait", "--job", "hello", "--timeout", "60")
    assert waited.returncode == 1, waited.stdout
    status = on_cluster.job("status", "--job", "hello").stdout
    assert status.startswith("FAILED rc=130 ")
    assert " host=n" in status
    assert len(status.encode()) < 300
    assert on_cluster.job("tail", "--job", "hello").stdout.startswith("on n")


def test_a_job_that_succeeds_is_done(on_cluster: ClusterWorld) -> None:
    on_cluster.run("good", "--", "true")
    assert on_cluster.job("wait", "--job", "good", "--timeout", "60").returncode == 0
    project = Path(on_cluster.world.root, on_cluster.project)
    places = (
        project / "bazel_cache" / "zephyr_jobs",
        project / ".sygaldry" / "jobs",
        project / ".sygaldry" / "scheduled",
    )
    files = [path.name for place in places for path in place.rglob("*")]
    assert [name for name in files if not is_documented(name)] == []


def test_scancel_is_a_stop_and_says_so(on_cluster: ClusterWorld) -> None:
    on_cluster.run("long", "--", "sh", "-c", "echo started; sleep 300")
    on_cluster.until("long", lambda facts: facts["log_bytes"] > 0)
    assert on_cluster.cluster.run("scancel", on_cluster.scheduler_id("long")).returncode == 0
    facts = on_cluster.until("long", lambda facts: facts["final"] and facts["state"] != "FAILED")
    assert (facts["state"], facts["by"]) == ("STOPPED", "user")
    assert facts["rc"] in (143, None)  # None where the sandbox died before its command
    assert "state=STOPPED" in on_cluster.job("status", "--job", "long").stdout


def test_stop_ends_a_running_job_and_a_waiting_one(on_cluster: ClusterWorld) -> None:
    on_cluster.run("running", "--", "sh", "-c", "echo started; sleep 300")
    on_cluster.until("running", lambda facts: facts["log_bytes"] > 0)
    assert "state=STOPPED rc=143" in on_cluster.job("stop", "--job", "running").stdout
    on_cluster.run("waiting", "--begin", "now+1hour", "--", "true")
    assert on_cluster.until("waiting", lambda facts: facts["why"] != "waiting")["why"] == "waiting: BeginTime"
    assert "state=STOPPED rc=-" in on_cluster.job("stop", "--job", "waiting").stdout
    ids = f"{on_cluster.scheduler_id('running')},{on_cluster.scheduler_id('waiting')}"
    on_cluster.cluster.wait(
        lambda: on_cluster.cluster.ask("squeue", "-h", "-t", "R,PD,CG", "-j", ids) == "", "end of both jobs in Slurm"
    )


def test_a_refused_job_never_existed_for_slurm_and_has_failed_here(on_cluster: ClusterWorld) -> None:
    done = on_cluster.job("run", "--executor", "slurm", "--job", "bad", "--partition", "nope", "--", "true")
    assert done.returncode == 1
    assert "invalid partition specified: nope" in done.stderr
    assert on_cluster.status("bad")["state"] == "FAILED"


@pytest.mark.parametrize("place", ["a b", "it's", "#1", '"q"', "100%d", "b\\s"])
def test_a_storage_with_an_awkward_name_works(
    slurm: Cluster, new_world: Callable[..., World], tmp_path: Path, place: str
) -> None:
    storage = tmp_path / place
    storage.mkdir()
    world = new_world(SYGALDRY_RUNTIME="sandbox", SYGALDRY_STORAGE_ROOT=str(storage), SYGALDRY_PROJECT_ID="awkward")
    run = ("run", "--executor", "slurm", "--job", "hello", "--", "sh", "-c", "exit 3")
    done = world.sygaldry("job", *run, **slurm.environment)
    assert done.returncode == 0, done.stderr
    waited = world.sygaldry("job", "wait", "--job", "hello", "--timeout", "60", **slurm.environment)
    assert (waited.returncode, "rc=3" in waited.stdout) == (1, True), waited.stdout


def test_a_value_cannot_add_a_line_to_the_script(on_cluster: ClusterWorld, tmp_path: Path) -> None:
    for option in ("--begin", "--gpus"):
        words = ("--executor", "slurm", "--job", "lines", option, f"1\ntouch {tmp_path}/made", "--", "true")
        done = on_cluster.job("run", *words)
        assert (done.returncode, f"not a valid value: {option}" in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "made").exists()


def test_a_script_that_is_started_twice_runs_once(on_cluster: ClusterWorld) -> None:
    on_cluster.run("once", "--", "sh", "-c", "echo ran")
    assert on_cluster.job("wait", "--job", "once", "--timeout", "60").returncode == 0
    folder = Path(on_cluster.world.root, on_cluster.project, ".sygaldry", "scheduled")
    (script,) = folder.glob("once-*.sh")
    again = on_cluster.cluster.run("sbatch", "--wait", str(script))
    assert again.returncode == 75
    assert on_cluster.job("tail", "--job", "once").stdout == "ran\n"
    assert on_cluster.status("once")["state"] == "DONE"


def test_after_and_slots_keep_the_order(on_cluster: ClusterWorld) -> None:
    on_cluster.run("first", "--", "sh", "-c", "sleep 2; exit 1")
    on_cluster.run("second", "--after", "first", "--", "true")
    ended = on_cluster.until("second", lambda facts: facts["final"])
    assert (ended["state"], ended["why"]) == ("FAILED", "a job that it waits for did not succeed")
    refused = on_cluster.job("run", "--executor", "slurm", "--job", "third", "--after", "first", "--", "true")
    assert (refused.returncode, "ended as FAILED" in refused.stderr) == (2, True)
    for name in ("a", "b", "c"):
        on_cluster.run(name, "--slots", "1", "--", "sh", "-c", "sleep 1")
    reasons = on_cluster.cluster.ask("squeue", "-h", "-t", "PD", "-o", "%j %r")
    assert reasons.count("Dependency") == 2, reasons
    assert on_cluster.job("wait", "a", "b", "c", "--timeout", "60").returncode == 0


def test_resources_reach_slurm_and_gpus_reach_the_command(on_cluster: ClusterWorld) -> None:
    asked = ("--gres", "gpu:2", "--cpus", "2", "--memory", "500m", "--timeout", "10m", "--partition", "main")
    on_cluster.run("big", *asked, "--", "sh", "-c", "echo $CUDA_VISIBLE_DEVICES $SLURM_CPUS_PER_TASK; sleep 2")
    on_cluster.until("big", lambda facts: facts["log_bytes"] > 0)
    shown = on_cluster.cluster.ask("scontrol", "-o", "show", "job", on_cluster.scheduler_id("big"))
    assert "TimeLimit=00:13:00" in shown, "the supervisor's limit comes first"
    assert "MinMemoryNode=500M" in shown
    assert "TresPerNode=gres:gpu:2" in shown
    assert on_cluster.job("wait", "--job", "big", "--timeout", "60").returncode == 0


def test_the_gpu_verdict_is_the_nodes(on_cluster: ClusterWorld) -> None:
    words = ("run", "--executor", "slurm", "--gpu", "require", "--begin", "now+1hour", "--job", "gpu", "--", "true")
    submitted = on_cluster.job(*words)
    assert submitted.returncode == 0, submitted.stderr  # a login host has no GPU
    assert "GPU: off" not in submitted.stderr
    assert "GPU: decided on the node" in on_cluster.job("show", "--job", "gpu").stdout
    identity = on_cluster.scheduler_id("gpu")
    on_cluster.cluster.run("scontrol", "update", f"jobid={identity}", "StartTime=now")
    facts = on_cluster.until("gpu", lambda facts: facts["final"])
    if facts["state"] == "FAILED":  # this machine is the node, and has none
        assert "SYGALDRY_GPU=require, but" in facts["why"]
    on_cluster.run("auto", "--", "true")
    on_cluster.job("wait", "--job", "auto", "--timeout", "60")
    assert "decided on the node" not in on_cluster.job("show", "--job", "auto").stdout


def test_no_secret_reaches_the_script_or_the_controller(on_cluster: ClusterWorld) -> None:
    secret = "not-for-the-controller"  # noqa: S105 - made up
    words = ["run", "--executor", "slurm", "--project-id", on_cluster.project, "--job", "quiet", "--partition", "main"]
    environment = {**on_cluster.cluster.environment, "HF_TOKEN": secret, "AWS_SECRET_ACCESS_KEY": secret}
    # A variable of sbatch beats the same option in the script.
    environment |= {"SBATCH_EXPORT": "ALL", "SBATCH_JOB_NAME": "other", "SBATCH_PARTITION": "urgent"}
    done = on_cluster.world.sygaldry("job", *words, "--", "sh", "-c", "echo in $SLURM_JOB_PARTITION", **environment)
    assert (done.returncode, "Slurm job" in done.stdout) == (0, True), done.stderr
    assert on_cluster.job("wait", "--job", "quiet", "--timeout", "60").returncode == 0
    assert on_cluster.job("tail", "--job", "quiet").stdout == "in main\n"
    for folder in (Path(on_cluster.world.root, on_cluster.project), on_cluster.cluster.folder / "state"):
        held = [path for path in folder.rglob("*") if _is_plain(path) and secret.encode() in path.read_bytes()]
        assert held == []


def test_variables_that_hide_jobs_hide_none_from_us(on_cluster: ClusterWorld) -> None:
    on_cluster.run("seen", "--begin", "now+1hour", "--", "true")
    project = ("--project-id", on_cluster.project, "--job", "seen")
    hiding = {"SQUEUE_PARTITION": "urgent", "SQUEUE_NAMES": "other", "SCANCEL_STATE": "RUNNING"}
    hiding |= on_cluster.cluster.environment
    on_cluster.forget_answers()
    assert "waiting: " in on_cluster.world.sygaldry("job", "status", *project, **hiding).stdout
    assert "state=STOPPED" in on_cluster.world.sygaldry("job", "stop", *project, **hiding).stdout
    name = on_cluster.scheduled_name("seen")
    assert on_cluster.cluster.ask("squeue", "-h", "-t", "PD,R", f"--name={name}") == ""


@pytest.mark.parametrize("prints", ["echo 'Your project has 1000 hours left'", "echo 4711"])
def test_a_site_may_wrap_sbatch(on_cluster: ClusterWorld, tmp_path: Path, prints: str) -> None:
    real = on_cluster.cluster.run("sh", "-c", "command -v sbatch").stdout.strip()
    wrapper = tmp_path / "bin" / "sbatch"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho checking your budget ...\n{real} "$@" || exit\n{prints}\n')
    wrapper.chmod(0o755)
    environment = on_cluster.cluster.environment
    path = {"PATH": f"{wrapper.parent}:{environment['PATH']}"}
    words = ("run", "--executor", "slurm", "--project-id", on_cluster.project, "--job", "wrapped")
    done = on_cluster.world.sygaldry("job", *words, "--partition", "main", "--", "true", **{**environment, **path})
    assert (done.returncode, "Slurm job" in done.stdout) == (0, True), done.stdout + done.stderr
    assert on_cluster.job("wait", "--job", "wrapped", "--timeout", "60").returncode == 0
    shown = on_cluster.job("show", "--job", "wrapped").stdout
    assert f"Slurm job {on_cluster.scheduler_id('wrapped')}, submitted on " in shown
    assert re.search(r"^requested +partition=main$", shown, re.MULTILINE)
    assert re.search(r"^host +n[1-3]$", shown, re.MULTILINE)


def test_the_script_passes_shellcheck(on_cluster: ClusterWorld) -> None:
    on_cluster.run("checked", "--begin", "now+1hour", "--", "true")
    (script,) = Path(on_cluster.world.root, on_cluster.project, ".sygaldry", "scheduled").glob("checked-*.sh")
    done = subprocess.run(
        [str(Path(sys.executable).parent / "shellcheck"), str(script)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
    on_cluster.job("stop", "--job", "checked")


def test_a_run_that_nobody_answers_for_can_be_closed(on_cluster: ClusterWorld, slurm: Cluster) -> None:
    on_cluster.run("gone", "--begin", "now+1hour", "--", "true")
    alive = on_cluster.job("forget", "--job", "gone")
    assert (alive.returncode, "it is alive" in alive.stderr) == (2, True)
    record = next(Path(on_cluster.world.root, on_cluster.project, ".sygaldry", "scheduled").glob("gone-*.json"))
    slurm.run("scancel", on_cluster.scheduler_id("gone"))
    record.write_text(json.dumps({**json.loads(record.read_text()), "uuid": "0" * 32}))  # as if Slurm had forgotten it
    on_cluster.until("gone", lambda facts: facts["state"] == "UNKNOWN")
    closed = on_cluster.job("forget", "--job", "gone")
    assert closed.returncode == 0, closed.stderr
    assert "state=LOST" in closed.stdout
    assert f"closed by {os.environ.get('LOGNAME', 'root')}" in closed.stdout
    on_cluster.run("gone", "--", "true")
    on_cluster.job("wait", "--job", "gone", "--timeout", "60")


def _is_plain(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)
