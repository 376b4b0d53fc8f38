"""A build over the nodes of a real cluster: a job a package, one store, and a node's death costs its package only."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.rig.slurm import Cluster, cluster, missing

from .conftest import World
from .test_build import installed, tool

pytestmark = pytest.mark.spack

Choose = Callable[..., World]


@pytest.fixture(scope="module")
def slurm() -> Iterator[Cluster]:
    if why := missing():
        pytest.skip(f"no Slurm cluster here: {why}")
    with cluster() as made:
        yield made


def on(world: World, made: Cluster) -> World:
    # A package takes a whole node, so that two packages at once are on two nodes.
    more = {"SYGALDRY_SHARED_DELAY": "1", "SYGALDRY_CPUS": "4"}
    return replace(world, extra={**world.extra, **made.environment, **more})


def build(world: World) -> list[str]:
    return [*world.argv, "build", str(world.environment), "--executor", "slurm", "--nodes", "3"]


def nodes_of(world: World) -> Counter[str]:
    """Count the packages that each node has built."""
    results = (world.store / ".sygaldry" / "spread" / "tiny").glob("*.json")
    facts = [json.loads(path.read_text()) for path in results if path.name != "state.json"]
    return Counter(each["node"] for each in facts if each["ok"])


def test_three_nodes_share_a_build_and_each_package_is_built_once(with_roots: Choose, slurm: Cluster) -> None:
    world = on(with_roots("tiny-tool", "tiny-slow"), slurm)
    done = subprocess.run(build(world), env=world.variables, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    assert len(nodes_of(world)) > 1, nodes_of(world)
    assert set(Counter(installed(world).values()).values()) == {1}
    assert tool(world) == "42 hello\n"


def test_a_failure_stops_its_dependents_only_and_names_its_cause(with_roots: Choose, slurm: Cluster) -> None:
    world = on(with_roots("tiny-tool", "tiny-app"), slurm)
    done = subprocess.run(build(world), env=world.variables, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 1, done.stderr + done.stdout
    assert "failed: tiny-" in done.stdout
    assert "tiny-tool" in installed(world).values()
