"""The page of an environment: what a cache on this machine has, and the path that decides when a build ends."""

import re
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT
from tests.integration.dashboard.conftest import Dashboard

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
