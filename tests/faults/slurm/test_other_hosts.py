"""A login host that is another machine

It has a boot ID of its own, sees no lock of a node, and sees files through FUSE whose caches are some seconds old.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.integration.conftest import SYGALDRY, World
from tests.integration.slurm.conftest import ClusterWorld
from tests.rig.other_host import OtherHost, missing, other_host
from tests.rig.slurm import Cluster

_DELAY_S = 3.0
# RETRY: on a busy machine, squeue's answer may be older than the start that the files show.
_WHILE_IT_LIVES = {"QUEUED", "START", "PROGRESS", "RETRY", "UNKNOWN"}


@dataclass(frozen=True)
class LoginWorld(ClusterWorld):
    """A project on the cluster whose verbs are typed on another host."""

    host: OtherHost

    def job(self, verb: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Type a verb of `sygaldry job` on that host."""
        typed = self.host.argv(str(SYGALDRY), "job", verb, "--project-id", self.project, *words)
        environment = self.world.environment(**self.cluster.environment)
        return subprocess.run(typed, env=environment, capture_output=True, text=True, timeout=300, check=False)

    def states_until_the_end(self, job: str, patience_s: float = 90) -> list[str]:
        """Ask again and again until a job has ended; return each state that was reported."""
        deadline, seen = time.monotonic() + patience_s, []
        while True:
            facts = self.status(job)
            seen.append(str(facts["state"]))
            if facts["final"]:
                return seen
            assert time.monotonic() < deadline, facts
            time.sleep(0.2)


@pytest.fixture
def login(slurm: Cluster, new_world: Callable[..., World], tmp_path: Path) -> Iterator[LoginWorld]:
    if why := missing():
        pytest.skip(f"no other host here: {why}")
    world = new_world(SYGALDRY_RUNTIME="sandbox", SYGALDRY_SHARED_DELAY=f"{_DELAY_S + 1:g}")
    world.root.mkdir()
    with other_host(world.root, _DELAY_S, tmp_path) as host:
        yield LoginWorld(world, slurm, "login", host)


def test_a_job_is_alive_until_its_end_is_visible_and_the_end_is_its_own(login: LoginWorld) -> None:
    login.run("late", "--", "sh", "-c", "echo up; sleep 6; exit 3")
    seen = login.states_until_the_end("late")
    assert set(seen[:-1]) <= _WHILE_IT_LIVES, seen
    assert "PROGRESS" in seen
    facts = login.status("late")
    assert (facts["state"], facts["rc"], facts["by"]) == ("FAILED", 3, "job")


def test_a_stop_reaches_the_node(login: LoginWorld) -> None:
    login.run("stopped", "--", "sh", "-c", "echo up; sleep 300")
    login.until("stopped", lambda facts: facts["log_bytes"] > 0)
    done = login.job("stop", "--job", "stopped")
    assert "state=STOPPED rc=143" in done.stdout, done.stderr


def test_a_node_that_failed_is_a_lost_run_once_its_job_is_silent(login: LoginWorld) -> None:
    login.run("lost", "--", "sh", "-c", "echo up; sleep 300")
    node = login.node_of("lost")
    login.cluster.kill(node)
    login.cluster.run("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
    try:
        seen = login.states_until_the_end("lost")
        assert set(seen[:-1]) <= _WHILE_IT_LIVES, seen
        facts = login.status("lost")
        assert (facts["state"], facts["by"]) == ("LOST", "machine"), facts
        assert "NODE_FAIL" in facts["why"]
    finally:
        login.cluster.start_node(node)
        login.cluster.run("scontrol", "update", f"nodename={node}", "state=resume")
        login.cluster.idle_again()
