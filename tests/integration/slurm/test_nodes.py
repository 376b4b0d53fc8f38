"""A job over several nodes: each task is in the environment of its node, and one end is the end of all."""

import signal
from pathlib import Path

from tests.integration.slurm.conftest import ClusterWorld

_WHERE = "echo $SLURMD_NODENAME $SLURM_PROCID of $SLURM_NTASKS in ${SYGALDRY_CONTAINER:-none}"


def test_every_task_runs_on_its_node_in_the_environment(on_cluster: ClusterWorld) -> None:
    on_cluster.run("wide", "--nodes", "3", "--ntasks", "3", "--", "sh", "-c", _WHERE)
    waited = on_cluster.job("wait", "--job", "wide", "--timeout", "60")
    assert waited.returncode == 0, waited.stdout
    lines = sorted(on_cluster.job("tail", "--job", "wide").stdout.splitlines())
    assert lines == [f"n{number + 1} {number} of 3 in sandbox" for number in range(3)]


def test_a_task_that_fails_ends_the_others_and_its_code_is_the_jobs(on_cluster: ClusterWorld) -> None:
    command = "test $SLURM_PROCID = 1 && sleep 1 && exit 7; sleep 300"
    on_cluster.run("fails", "--nodes", "3", "--", "sh", "-c", command)
    assert on_cluster.job("wait", "--job", "fails", "--timeout", "60").returncode == 1
    facts = on_cluster.status("fails")
    assert (facts["state"], facts["by"]) == ("FAILED", "job")
    assert "exit code 7" in on_cluster.job("tail", "--job", "fails").stdout


_SAVES = """trap 'echo saved $SLURM_PROCID; exit 0' TERM USR1
echo up $SLURM_PROCID; while :; do sleep 0.1; done"""


def test_a_stop_lets_every_task_save_its_state(on_cluster: ClusterWorld) -> None:
    on_cluster.run("saves", "--nodes", "2", "--", "bash", "-c", _SAVES)
    on_cluster.until("saves", lambda _: on_cluster.job("tail", "--job", "saves").stdout.count("up") == 2)
    stopped = on_cluster.job("stop", "--job", "saves")
    assert "state=STOPPED" in stopped.stdout, stopped.stderr
    printed = on_cluster.job("tail", "--job", "saves", "-n", "50").stdout
    assert "saved 0" in printed
    assert "saved 1" in printed


def test_a_signal_to_the_script_reaches_every_task(on_cluster: ClusterWorld) -> None:
    on_cluster.run("warned", "--nodes", "2", "--", "bash", "-c", _SAVES)
    on_cluster.until("warned", lambda _: on_cluster.job("tail", "--job", "warned").stdout.count("up") == 2)
    number = str(int(signal.SIGUSR1))
    on_cluster.cluster.run("scancel", "--batch", f"--signal={number}", on_cluster.scheduler_id("warned"))
    assert on_cluster.job("wait", "--job", "warned", "--timeout", "60").returncode == 0


def test_a_signal_before_the_limit_reaches_the_command(on_cluster: ClusterWorld) -> None:
    words = ("--timeout", "600", "--signal", "USR1@594", "--", "bash", "-c", _SAVES)
    on_cluster.run("limit", *words)
    assert on_cluster.job("wait", "--job", "limit", "--timeout", "60").returncode == 0
    assert "saved" in on_cluster.job("tail", "--job", "limit").stdout
    script = ("--signal", "USR1@5m", "--begin", "now+1hour", "--", "true")
    on_cluster.run("slurms", *script)
    (text,) = Path(on_cluster.world.root, on_cluster.project, ".sygaldry", "scheduled").glob("slurms-*.sh")
    assert "#SBATCH --signal=B:USR1@300\n" in text.read_text()
    assert on_cluster.job("stop", "--job", "slurms").returncode == 0
