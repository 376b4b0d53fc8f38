"""Nodes and their daemons

A power cut ends every process of a node at once; a daemon that dies alone leaves its jobs at work.
"""

import random
import time

from tests.integration.slurm.conftest import ClusterWorld


def test_a_power_cut_is_a_lost_run_with_its_reason(on_cluster: ClusterWorld) -> None:
    on_cluster.run("power", "--", "sh", "-c", "echo started; sleep 300")
    on_cluster.until("power", lambda facts: facts["log_bytes"] > 0)
    node = on_cluster.cluster.ask("squeue", "-h", "-j", on_cluster.scheduler_id("power"), "-o", "%N").strip()
    on_cluster.cluster.kill(node)
    try:
        facts = on_cluster.until("power", lambda facts: facts["final"], patience_s=90)
        assert (facts["state"], facts["by"]) == ("LOST", "machine")
        assert "NODE_FAIL" in facts["why"]
        assert on_cluster.job("wait", "--job", "power", "--timeout", "5").returncode == 4
    finally:
        on_cluster.cluster.start_node(node)
        on_cluster.cluster.idle_again()


def test_a_daemon_that_dies_alone_leaves_the_job_at_work_and_its_exit_code_is_known(on_cluster: ClusterWorld) -> None:
    on_cluster.run("daemon", "--", "sh", "-c", "echo started; sleep 6; exit 5")
    node = on_cluster.node_of("daemon")
    time.sleep(random.random())  # noqa: S311 - the random moment is the test
    on_cluster.cluster.kill_program(f"slurmd -D -N {node} ")
    try:
        facts = on_cluster.until("daemon", lambda facts: facts["final"])
        assert (facts["state"], facts["rc"], facts["by"]) == ("FAILED", 5, "job")
    finally:
        on_cluster.cluster.kill(node)
        on_cluster.cluster.start_node(node)
        on_cluster.cluster.idle_again()


def test_a_step_daemon_that_is_killed_leaves_the_job_at_work_and_its_exit_code_is_known(
    on_cluster: ClusterWorld,
) -> None:
    on_cluster.run("step", "--", "sh", "-c", "echo started; sleep 3; exit 6")
    on_cluster.until("step", lambda facts: facts["log_bytes"] > 0)
    identity = on_cluster.scheduler_id("step")
    on_cluster.cluster.kill_program("slurmstepd", f"[{identity}.batch]")
    facts = on_cluster.until("step", lambda facts: facts["final"])
    assert (facts["state"], facts["rc"], facts["by"]) == ("FAILED", 6, "job")
    on_cluster.cluster.run("scancel", identity)
    assert on_cluster.status("step")["rc"] == 6


def test_a_preempted_job_is_lost_and_says_why(on_cluster: ClusterWorld) -> None:
    on_cluster.run("victim", "--slurm-option=--nodelist=n2", "--cpus", "4", "--", "sh", "-c", "echo up; sleep 300")
    on_cluster.until("victim", lambda facts: facts["log_bytes"] > 0)
    urgent = ("sbatch", "--parsable", "-p", "urgent", "-w", "n2", "-c", "4", "--wrap", "sleep 30", "-o", "/dev/null")
    other = on_cluster.cluster.run(*urgent).stdout.strip()
    facts = on_cluster.until("victim", lambda facts: facts["final"])
    on_cluster.cluster.run("scancel", other)
    assert (facts["state"], facts["by"]) == ("LOST", "scheduler")
    assert "a job of higher priority took its place (Slurm: PREEMPTED)" in facts["why"]


def test_a_preempted_job_that_may_be_retried_starts_again(on_cluster: ClusterWorld) -> None:
    command = 'echo up; test -n "$SLURM_RESTART_COUNT" || sleep 300'
    words = ("--retries", "1", "--slurm-option=--nodelist=n3", "--cpus", "4", "--", "sh", "-c", command)
    on_cluster.run("twice", *words)
    on_cluster.until("twice", lambda facts: facts["log_bytes"] > 0)
    urgent = ("sbatch", "--parsable", "-p", "urgent", "-w", "n3", "-c", "4", "--wrap", "sleep 1", "-o", "/dev/null")
    on_cluster.cluster.run(*urgent)
    on_cluster.until("twice", lambda facts: facts["state"] == "RETRY" and "waiting" in facts["why"])
    identity = on_cluster.scheduler_id("twice")
    on_cluster.cluster.wait(
        lambda: on_cluster.cluster.ask("squeue", "-h", "-j", identity, "-o", "%r").strip() == "BeginTime", "a requeue"
    )
    on_cluster.cluster.run("scontrol", "update", f"jobid={identity}", "StartTime=now")
    facts = on_cluster.until("twice", lambda facts: facts["final"])
    assert (facts["state"], facts["rc"], facts["attempt"]) == ("DONE", 0, 2)
