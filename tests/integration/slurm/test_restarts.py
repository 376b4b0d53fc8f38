"""A run that its scheduler starts again: on request only, each start with its own files, never two writers."""

from pathlib import Path
from typing import Any

from tests.integration.slurm.conftest import ClusterWorld


def _start_now(on_cluster: ClusterWorld, job: str) -> None:
    """Lift the two minutes for which Slurm holds a requeued job back."""
    identity = on_cluster.scheduler_id(job)
    on_cluster.cluster.run("scontrol", "update", f"jobid={identity}", "StartTime=now")


def _is_pending(on_cluster: ClusterWorld, job: str) -> bool:
    words = ("squeue", "-h", "-j", on_cluster.scheduler_id(job), "-o", "%T %r")
    return on_cluster.cluster.ask(*words).startswith("PENDING BeginTime")


def _requeued(on_cluster: ClusterWorld, job: str) -> dict[str, Any]:
    on_cluster.cluster.wait(lambda: _is_pending(on_cluster, job), "a job that waits to start again")
    facts = on_cluster.until(job, lambda facts: facts["why"] == "Slurm will start it again, waiting: BeginTime")
    assert facts["state"] == "RETRY"
    _start_now(on_cluster, job)
    return facts


_SECOND = 'echo start $SLURM_RESTART_COUNT; test -n "$SLURM_RESTART_COUNT" || sleep 300'


def test_a_requeued_job_starts_again_with_files_of_its_own(on_cluster: ClusterWorld) -> None:
    on_cluster.run("again", "--requeue", "--", "sh", "-c", _SECOND)
    on_cluster.until("again", lambda facts: facts["log_bytes"] > 0)
    on_cluster.cluster.run("scontrol", "requeue", on_cluster.scheduler_id("again"))
    _requeued(on_cluster, "again")
    waited = on_cluster.job("wait", "--job", "again", "--timeout", "90")
    assert waited.returncode == 0, (waited.stdout, on_cluster.events("again"))
    facts = on_cluster.status("again")
    assert (facts["state"], facts["rc"], facts["attempt"]) == ("DONE", 0, 2)
    assert on_cluster.job("tail", "--job", "again").stdout == "start 1\n"
    (first,) = Path(on_cluster.world.root, on_cluster.project, "bazel_cache", "zephyr_jobs").glob(
        "again-*Z/again-*Z.log"
    )
    assert first.read_text() == "start\n"


def test_scancel_of_a_job_that_may_start_again_is_a_stop(on_cluster: ClusterWorld) -> None:
    on_cluster.run("ended", "--retries", "1", "--", "sh", "-c", "echo started; sleep 300")
    on_cluster.until("ended", lambda facts: facts["log_bytes"] > 0)
    on_cluster.cluster.run("scancel", on_cluster.scheduler_id("ended"))
    facts = on_cluster.until("ended", lambda facts: facts["final"])
    assert (facts["state"], facts["by"]) == ("STOPPED", "user")
    assert facts["rc"] in (143, None)  # None where the sandbox died before its command


def test_without_a_request_no_job_starts_again(on_cluster: ClusterWorld) -> None:
    on_cluster.run("single", "--", "sh", "-c", "echo started; sleep 300")
    on_cluster.until("single", lambda facts: facts["log_bytes"] > 0)
    refused = on_cluster.cluster.run("scontrol", "requeue", on_cluster.scheduler_id("single"))
    assert refused.returncode != 0
    on_cluster.job("stop", "--job", "single")


def test_a_predecessor_that_still_runs_ends_itself_before_its_successor_writes(on_cluster: ClusterWorld) -> None:
    """As after the death of a node's daemon: Slurm starts the job elsewhere while its command still runs."""
    command = 'echo begun ${SLURM_RESTART_COUNT:-0}; test -n "$SLURM_RESTART_COUNT" || sleep 300'
    on_cluster.run("twice", "--requeue", "--", "sh", "-c", command)
    on_cluster.until("twice", lambda facts: facts["log_bytes"] > 0)
    record = next(Path(on_cluster.world.root, on_cluster.project, ".sygaldry", "scheduled").glob("twice-*.json"))
    successor = on_cluster.world.sygaldry(
        "job", "run-submitted", str(record), "--restart", "1", SLURM_RESTART_COUNT="1", **on_cluster.cluster.environment
    )
    assert successor.returncode == 0, successor.stderr
    facts = on_cluster.status("twice")
    assert (facts["state"], facts["rc"], facts["attempt"]) == ("DONE", 0, 2)
    assert on_cluster.job("tail", "--job", "twice").stdout == "begun 1\n"
    late = on_cluster.world.sygaldry("job", "run-submitted", str(record), **on_cluster.cluster.environment)
    assert (late.returncode, "came too late" in late.stderr) == (2, True)
    on_cluster.cluster.wait(
        lambda: on_cluster.cluster.ask("squeue", "-h", "-t", "R,CG", "-j", on_cluster.scheduler_id("twice")) == "",
        "end of the first start",
    )
    ends = [each for each in on_cluster.events("twice") if each["event"] == "exit"]
    assert [each["rc"] for each in ends] == [0]
