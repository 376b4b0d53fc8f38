"""Locks of older Spacks: the same graph from every format, made here from one of the newest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sygaldry.spack.graph import closure
from sygaldry.spack.lock import Lock, parse_lock

Raw = dict[str, Any]

NODES = {"app": ("zlib", "mpi"), "mpi": ("zlib",), "zlib": (), "gcc": ()}


def hash_of(name: str, kind: str = "d") -> str:
    """Make up a hash, the same one for the same name."""
    return (kind + name + "a" * 32)[:32].replace("1", "a").replace("-", "b").replace("0", "c")


def node(name: str) -> Raw:
    arch = {"platform": "linux", "platform_os": "debian11", "target": "x86_64"}
    found: Raw = {"name": name, "version": "1.0", "arch": arch, "namespace": "builtin", "parameters": {"shared": True}}
    if name == "gcc":
        found["external"] = {"path": "/usr", "module": None, "extra_attributes": {}}
    return found


def lock(version: int, specs: Raw, root: str) -> str:
    meta = {"file-type": "spack-lockfile", "lockfile-version": version}
    return json.dumps({"_meta": meta, "roots": [{"hash": root, "spec": "app@1"}], "concrete_specs": specs})


def format_1() -> str:
    """The hash is only the key, and a package's table is filed under its name."""
    return lock(1, {hash_of(name): {name: nested(name, "hash", "d")} for name in NODES}, hash_of("app"))


def format_2() -> str:
    """Filed under build hashes, which the edges use, too."""
    specs = {hash_of(name, "b"): {name: nested(name, "build_hash", "b") | {"hash": hash_of(name)}} for name in NODES}
    return lock(2, specs, hash_of("app", "b"))


def format_3() -> str:
    specs = {hash_of(name, "b"): flat(name, "build_hash", "b") | {"hash": hash_of(name)} for name in NODES}
    return lock(3, specs, hash_of("app", "b"))


def format_4() -> str:
    return lock(4, {hash_of(name): flat(name, "hash", "d") | {"hash": hash_of(name)} for name in NODES}, hash_of("app"))


def format_5() -> str:
    specs = {hash_of(name): node(name) | {"hash": hash_of(name)} for name in NODES}
    for name, needs in NODES.items():
        specs[hash_of(name)]["dependencies"] = [
            {"name": each, "hash": hash_of(each), "parameters": {"deptypes": ["link"], "virtuals": ["zlib-api"]}}
            for each in needs
        ]
    return lock(5, specs, hash_of("app"))


def nested(name: str, key: str, kind: str) -> Raw:
    needs = {each: {key: hash_of(each, kind), "type": ["build", "link"]} for each in NODES[name]}
    return {word: each for word, each in node(name).items() if word != "name"} | {"dependencies": needs}


def flat(name: str, key: str, kind: str) -> Raw:
    needs = [{"name": each, key: hash_of(each, kind), "type": ["build", "link"]} for each in NODES[name]]
    return node(name) | {"dependencies": needs}


@pytest.mark.parametrize("made", [format_1, format_2, format_3, format_4, format_5])
def test_every_format_gives_the_same_graph(made: Callable[[], str]) -> None:
    found = parse_lock(made(), "old.lock")
    assert found.format == int(made.__name__[-1])
    assert found.roots == {"app@1": hash_of("app")}
    assert {each.label: sorted(edge.name for edge in each.edges) for each in found.nodes.values()} == {
        "app@1.0": ["mpi", "zlib"],
        "gcc@1.0": [],
        "mpi@1.0": ["zlib"],
        "zlib@1.0": [],
    }
    assert [each.name for each in found.externals] == ["gcc"]
    assert len(closure(found, found.roots.values(), to_run=True)) == 3
    assert found.required_spack == "1.1.0"


def test_of_two_packages_with_one_hash_the_first_from_the_roots_is_installed() -> None:
    raw = json.loads(format_3())
    twin = json.loads(json.dumps(raw["concrete_specs"][hash_of("zlib", "b")])) | {"version": "9.9"}
    raw["concrete_specs"] = {hash_of("twin", "b"): twin, **raw["concrete_specs"]}
    found = parse_lock(json.dumps(raw), "old.lock")
    assert [each.version for each in found.named("zlib")] == ["1.0"]


def test_included_environments_bring_their_roots_and_packages(zephyr: Lock) -> None:
    raw = json.loads(format_5())
    inner = json.loads(format_5())
    outer = raw | {"roots": [], "concrete_specs": {}}
    outer["include_concrete"] = {"/other": {"roots": inner["roots"], "concrete_specs": inner["concrete_specs"]}}
    found = parse_lock(json.dumps(outer), "outer.lock")
    assert (set(found.roots), len(found.nodes)) == ({"app@1"}, 4)
    assert zephyr.format == 6


def test_included_environments_that_request_the_same_keep_their_own_packages() -> None:
    """Two environments may have another zlib each, both requested as `app@1`: Spack installs both."""
    raw = json.loads(format_5())
    other = json.loads(format_5().replace(hash_of("app"), hash_of("app", "x")))
    raw["include_concrete"] = {"/other": {"roots": other["roots"], "concrete_specs": other["concrete_specs"]}}
    found = parse_lock(json.dumps(raw), "outer.lock")
    assert found.roots == {"app@1": hash_of("app"), f"app@1 /{hash_of('app', 'x')}": hash_of("app", "x")}
    assert {node.hash for node in found.named("app")} == set(found.roots.values())
