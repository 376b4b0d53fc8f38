"""Containers of an engine under Slurm: on every node, limited as the job, and ended with it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import IMAGE, docker
from tests.integration.slurm.conftest import ClusterWorld
from tests.rig.slurm import Cluster

_LIMIT = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max"
_WHERE = f"echo $SLURMD_NODENAME $SLURM_PROCID in $SYGALDRY_CONTAINER $({_LIMIT})"


@pytest.fixture
def in_docker(slurm: Cluster, docker_world: World) -> Iterator[ClusterWorld]:
    """Give a project on the cluster whose runtime is docker."""
    if docker("image", "inspect", IMAGE).returncode:
        built = docker_world.sygaldry("image", "build")
        assert built.returncode == 0, built.stderr
    world = World(docker_world.root, {**docker_world.variables, "SYGALDRY_SHARED_DELAY": "1"})
    made = ClusterWorld(world, slurm, f"engines-{os.getpid()}")
    yield made
    slurm.end_jobs()
    left = docker("ps", "--all", "--quiet", "--filter", f"label=dev.sygaldry.project={made.project}").stdout.split()
    if left:  # their client was killed
        docker("rm", "--force", *left)


def _container_of(world: ClusterWorld, job: str) -> str:
    (record,) = Path(world.world.root, world.project, ".sygaldry", "jobs").glob(f"{job}-*.host.jsonl")
    prepared = [json.loads(line) for line in record.read_text().splitlines() if '"prepared"' in line]
    return str(prepared[-1]["container"])


def test_every_task_has_a_container_on_its_node_with_the_memory_of_the_job(in_docker: ClusterWorld) -> None:
    words = ("--nodes", "3", "--ntasks", "3", "--memory", "300m", "--", "sh", "-c", _WHERE)
    in_docker.run("wide", *words)
    waited = in_docker.job("wait", "--job", "wide", "--timeout", "120")
    printed = in_docker.job("tail", "--job", "wide", "-n", "20").stdout
    assert waited.returncode == 0, waited.stdout + printed
    assert sorted(printed.splitlines()) == [f"n{number + 1} {number} in docker {300 << 20}" for number in range(3)]


def test_scancel_ends_the_container_and_is_a_stop(in_docker: ClusterWorld) -> None:
    in_docker.run("ended", "--memory", "300m", "--", "sh", "-c", f"{_LIMIT}; sleep 300")
    in_docker.until("ended", lambda facts: facts["log_bytes"] > 0)
    assert in_docker.job("tail", "--job", "ended").stdout.strip() == str(300 << 20)
    container = _container_of(in_docker, "ended")
    in_docker.cluster.run("scancel", in_docker.scheduler_id("ended"))
    facts = in_docker.until("ended", lambda facts: facts["final"] and facts["state"] != "FAILED")
    assert (facts["state"], facts["by"], facts["rc"]) == ("STOPPED", "user", 143)
    in_docker.cluster.wait(lambda: docker("inspect", container).returncode != 0, "removal of the container")


def test_a_signal_to_the_script_reaches_the_command(in_docker: ClusterWorld) -> None:
    in_docker.run("warned", "--", "bash", "-c", "trap 'echo saved; exit 0' USR1; echo up; while :; do sleep 0.1; done")
    in_docker.until("warned", lambda facts: facts["log_bytes"] > 0)
    in_docker.cluster.run("scancel", "--batch", "--signal=USR1", in_docker.scheduler_id("warned"))
    assert in_docker.job("wait", "--job", "warned", "--timeout", "60").returncode == 0
    assert "saved" in in_docker.job("tail", "--job", "warned").stdout


@pytest.mark.parametrize("tasks", [1, 2])
def test_no_container_outlives_its_job_though_nobody_can_end_it(in_docker: ClusterWorld, tasks: int) -> None:
    """The process on the host is killed without a warning, and the command ignores SIGTERM."""
    ignores = "trap '' TERM; echo up; while :; do sleep 0.2; done"
    words = ("--ntasks", str(tasks), "--nodes", str(tasks), "--grace", "1", "--", "bash", "-c", ignores)
    in_docker.run("stubborn", *words)
    in_docker.until("stubborn", lambda facts: facts["log_bytes"] >= tasks * len("up\n"))
    label = f"label=dev.sygaldry.project={in_docker.project}"
    assert len(docker("ps", "-q", "--filter", label).stdout.split()) == tasks
    in_docker.cluster.run("scancel", "--batch", "--signal=KILL", in_docker.scheduler_id("stubborn"))
    in_docker.cluster.wait(lambda: not docker("ps", "-q", "--filter", label).stdout, "end of the containers")
    if tasks == 1:  # its supervisor was in the container
        facts = in_docker.until("stubborn", lambda facts: facts["final"])
        assert (facts["state"], facts["rc"]) == ("FAILED", 137)


def test_scancel_of_a_command_that_ignores_sigterm_is_a_stop_with_its_exit_code(in_docker: ClusterWorld) -> None:
    in_docker.run("ignores", "--grace", "1", "--", "bash", "-c", "trap '' TERM; echo up; while :; do sleep 0.2; done")
    in_docker.until("ignores", lambda facts: facts["log_bytes"] > 0)
    in_docker.cluster.run("scancel", in_docker.scheduler_id("ignores"))
    facts = in_docker.until("ignores", lambda facts: facts["final"] and facts["state"] != "FAILED")
    assert (facts["state"], facts["by"], facts["rc"]) == ("STOPPED", "user", 137)
