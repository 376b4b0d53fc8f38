"""Questions about the graph of the real lock."""

from __future__ import annotations

import itertools

import pytest

from sygaldry.model.errors import NotFoundError
from sygaldry.spack.graph import above, closure, find, longest_chain, order, part, shortest_paths, summary
from sygaldry.spack.lock import Lock


def test_the_counts_of_the_real_lock(zephyr: Lock) -> None:
    found = summary(zephyr)
    assert (found.packages, found.externals, found.to_build) == (264, 5, 259)
    assert (found.needed_to_run, found.build_only) == (210, 54)
    assert found.duplicates == {"llvm": ("18.1.3", "20.1.8")}
    assert len(found.longest_chain) == 29


def test_every_package_comes_after_what_it_needs(zephyr: Lock) -> None:
    place = {key: number for number, key in enumerate(order(zephyr))}
    assert len(place) == len(zephyr.nodes)
    assert all(place[edge.hash] < place[key] for key, node in zephyr.nodes.items() for edge in node.edges)


def test_the_longest_chain_is_as_long_as_the_deepest_level(zephyr: Lock) -> None:
    chain = longest_chain(zephyr)
    assert len(chain) == 1 + max(_levels(zephyr).values())
    for one, other in itertools.pairwise(chain):
        assert other in {edge.hash for edge in zephyr.nodes[one].edges}


def test_nccl_is_there_because_of_torch_and_jaxlib(zephyr: Lock) -> None:
    (nccl,) = find(zephyr, "nccl", "pkg/stack")
    ways = shortest_paths(zephyr, nccl.hash)
    ends = {way[-2] for way in ways.values() if len(way) > 1}
    assert {zephyr.nodes[key].name for key in ends} == {"py-torch", "py-jaxlib"}
    assert any(len(way) == 1 for way in ways.values())


def test_what_is_above_a_package_has_it_below(zephyr: Lock) -> None:
    (openblas,) = find(zephyr, "openblas", "pkg/stack")
    for key in above(zephyr, [openblas.hash]):
        assert openblas.hash in closure(zephyr, [key])


def test_a_part_of_the_graph_has_no_edge_that_leads_out_of_it(zephyr: Lock) -> None:
    (torch,) = find(zephyr, "py-torch", "pkg/stack")
    cut = part(zephyr, [torch.hash], 1)
    assert len(cut.nodes) == 1 + len({edge.hash for edge in torch.edges})
    assert all(edge.hash in cut.nodes for node in cut.nodes.values() for edge in node.edges)


def test_a_package_is_found_by_name_version_and_hash(zephyr: Lock) -> None:
    assert [node.version for node in find(zephyr, "llvm", "pkg/stack")] == ["18.1.3", "20.1.8"]
    assert [node.version for node in find(zephyr, "llvm@20", "pkg/stack")] == ["20.1.8"]
    (nccl,) = find(zephyr, "nccl", "pkg/stack")
    assert find(zephyr, "/" + nccl.hash[:7], "pkg/stack") == (nccl,)


def test_a_typo_gets_the_nearest_name(zephyr: Lock) -> None:
    with pytest.raises(NotFoundError) as caught:
        find(zephyr, "ncll", "pkg/stack")
    assert "nccl" in caught.value.hint


def _levels(lock: Lock) -> dict[str, int]:
    """Number the packages by the longest path from them to the bottom."""
    level: dict[str, int] = {}
    for key in order(lock):
        level[key] = 1 + max((level[edge.hash] for edge in lock.nodes[key].edges), default=-1)
    return level
