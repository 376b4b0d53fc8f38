"""The page of an environment: what a cache on this machine has, and the path that decides when a build ends."""

import json
import re
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT
from tests.integration.dashboard.conftest import Dashboard

from sygaldry.flows.env.spread.units import Unit
from sygaldry.spack.buildcache import entry_path
from sygaldry.spack.lock import Node, parse_lock

LOCK = CHECKOUT / "pkg" / "zephyr" / "spack.lock"


@pytest.fixture
def nodes(dashboard: Dashboard, tmp_path: Path) -> dict[str, Node]:
    """Make an environment whose build cache is a folder with ninja; return the packages of its lock by name."""
    folder = dashboard.root / "pkg" / "stack"
    folder.mkdir(parents=True)
    (folder / "spack.lock").write_text(LOCK.read_text())
    mirror = f"near: {{url: 'file://{tmp_path}/cache', signed: false}}, far: 'https://cache.example.org'"
    (folder / "spack_src.yaml").write_text(f"spack: {{specs: [ninja], mirrors: {{{mirror}}}}}\n")
    found = {node.name: node for node in parse_lock(LOCK.read_text(), str(LOCK)).nodes.values()}
    entry = tmp_path / "cache" / entry_path(found["ninja"])
    entry.parent.mkdir(parents=True)
    entry.write_text("{}")
    return found


def test_a_package_in_a_local_build_cache_is_cached_and_no_other(dashboard: Dashboard, nodes: dict[str, Node]) -> None:
    page = dashboard.page("/environment/demo/stack")
    assert re.findall(r'class="box cached[^"]*" id="p-(\w+)"', page) == [nodes["ninja"].hash]
    assert "in the build cache near" in page
    assert "1 cached" in page


@pytest.mark.parametrize("age_s", [0, 3600])
def test_a_package_that_a_node_of_a_cluster_builds_is_building_there(
    dashboard: Dashboard, nodes: dict[str, Node], age_s: float
) -> None:
    """What a coordinator left that gives no sign of life for an hour proves nothing."""
    state = dashboard.root / "demo" / "spack_store" / ".sygaldry" / "spread" / "stack" / "state.json"
    state.parent.mkdir(parents=True)
    units = [Unit(nodes["zlib-ng"].hash, "0" * 32, "7", node="n2<b>"), Unit(nodes["cmake"].hash, "1" * 32, "8")]
    state.write_text(json.dumps({"units": [asdict(each) for each in units], "time_s": time.time() - age_s}))
    page = dashboard.page("/environment/demo/stack")
    built = [nodes["zlib-ng"].hash] if age_s == 0 else []
    assert re.findall(r'class="box building[^"]*" id="p-(\w+)"', page) == built
    assert "on n2&lt;b&gt;" in page  # in the status at least


def test_the_critical_path_is_marked_in_the_graph_and_named_above_it(
    dashboard: Dashboard, nodes: dict[str, Node]
) -> None:
    page = dashboard.page("/environment/demo/stack")
    marked = re.findall(r'class="box \w+ critical" id="p-(\w+)"', page)
    assert len(marked) > 5
    assert nodes["py-torch"].hash in marked
    assert len(re.findall(r'class="edge [^"]* critical"', page)) >= len(marked) // 2
    named = page.partition("<strong>Critical path</strong>")[2].partition("</p>")[0]
    assert "py-torch@" in named
