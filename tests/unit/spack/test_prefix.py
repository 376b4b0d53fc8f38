"""The build prefix is read from the first bytes of an archive."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from sygaldry.spack.lock import Node, parse_lock
from sygaldry.spack.prefix import build_prefix, prefix_problem

LOCK = Path(__file__).parents[3] / "pkg" / "zephyr" / "spack.lock"


@pytest.fixture(scope="module")
def node() -> Node:
    lock = parse_lock(LOCK.read_text(), "spack.lock")
    return next(iter(lock.nodes.values()))


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name in names:
            tar.addfile(tarfile.TarInfo(name))
    return made.getvalue()


def test_the_prefix_is_the_folder_above_the_platform(node: Node) -> None:
    assert build_prefix(archive("opt", f"opt/store/linux-x/{node.directory}"), node) == "/opt/store"
    assert build_prefix(archive("opt/other"), node) == ""
    assert build_prefix(b"no archive", node) == ""


def test_a_small_archive_that_unpacks_to_gigabytes_costs_little(node: Node) -> None:
    bomb = gzip.compress(bytes(256 * 2**20))
    tracemalloc.start()
    assert build_prefix(bomb, node) == ""
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 2**20


def test_only_a_longer_prefix_is_a_problem() -> None:
    assert prefix_problem("/opt/store", "/opt/store") == ""
    assert prefix_problem("", "/anywhere/at/all") == ""
    assert "longer" in prefix_problem("/a", "/a/b")
