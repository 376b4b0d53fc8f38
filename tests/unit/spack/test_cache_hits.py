"""Which packages a cache has, and each reason of a miss: options, architecture, recipe, signature, a cache behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sygaldry.spack.cache_hits import NEVER, Hits, best_reasons, hits
from sygaldry.spack.database import Installed
from sygaldry.spack.lock import Lock, Node
from sygaldry.spack.mirrors import parse_mirrors
from sygaldry.spack.signature import unsigned

(MIRROR,) = parse_mirrors({"team": "/mirror"})


def like(zephyr: Lock, node: Node, **changes: Any) -> Installed:
    """Make a record of an index: the package of the lock, but for some changes."""
    spec = json.loads(json.dumps(zephyr.raw["concrete_specs"][node.hash])) | changes
    return Installed("b" * 32, node.name, spec["version"], "", in_buildcache=True, spec=spec)


def reason(zephyr: Lock, name: str, *others: Installed) -> str:
    index = {f"{number}" * 32: replace(other, hash=f"{number}" * 32) for number, other in enumerate(others)}
    return hits(zephyr, MIRROR, index).reasons[zephyr.named(name)[0].hash]


def test_what_has_the_same_hash_is_a_hit(zephyr: Lock) -> None:
    (numpy,) = zephyr.named("py-numpy")
    found = hits(zephyr, MIRROR, {numpy.hash: like(zephyr, numpy)})
    assert found.hashes == {numpy.hash}
    assert numpy.hash not in found.reasons
    assert found.reasons[zephyr.named("cmake")[0].hash] == NEVER


def test_another_version_is_told(zephyr: Lock) -> None:
    (scipy,) = zephyr.named("py-scipy")
    assert reason(zephyr, "py-scipy", like(zephyr, scipy, version="1.0")) == "it has version 1.0"


def test_another_system_or_processor_is_told_with_both(zephyr: Lock) -> None:
    (ninja,) = zephyr.named("ninja")
    arch = {"platform": "linux", "platform_os": "debian12", "target": {"name": "zen2"}}
    assert reason(zephyr, "ninja", like(zephyr, ninja, arch=arch)) == (
        f"it has it for another architecture: debian12/zen2, and this lock is for {ninja.os}/{ninja.target}"
    )


def test_other_options_are_named(zephyr: Lock) -> None:
    (torch,) = zephyr.named("py-torch")
    parameters = {**torch.own["parameters"], "cuda": False, "cuda_arch": ["90"]}
    assert reason(zephyr, "py-torch", like(zephyr, torch, parameters=parameters)) == (
        "it has another build of it: /0000000, with other options: cuda=False, cuda_arch=90"
    )


def test_other_builds_below_are_named(zephyr: Lock) -> None:
    (ninja,) = zephyr.named("ninja")
    needs = [dict(each) for each in zephyr.raw["concrete_specs"][ninja.hash]["dependencies"]]
    needs[0]["hash"] = "z" * 32
    said = reason(zephyr, "ninja", like(zephyr, ninja, dependencies=needs))
    assert said == f"it has another build of it: /0000000, with other builds of what it needs: {needs[0]['name']}"


def test_another_recipe_is_told_when_nothing_else_differs(zephyr: Lock) -> None:
    (ninja,) = zephyr.named("ninja")
    assert reason(zephyr, "ninja", like(zephyr, ninja, package_hash="x")).endswith("made from another recipe")


def test_the_nearest_of_several_is_compared(zephyr: Lock) -> None:
    (ninja,) = zephyr.named("ninja")
    arch = {"platform": "linux", "platform_os": "debian12", "target": "zen2"}
    nearer = like(zephyr, ninja, package_hash="x")
    others = (like(zephyr, ninja, version="0"), like(zephyr, ninja, arch=arch), nearer)
    assert reason(zephyr, "ninja", *others).endswith("/2222222, made from another recipe")


def test_what_was_just_pushed_counts_although_the_index_is_behind(zephyr: Lock) -> None:
    (ninja,), (numpy,) = zephyr.named("ninja"), zephyr.named("py-numpy")
    found = hits(zephyr, MIRROR, {numpy.hash: like(zephyr, numpy)}, present=(ninja.hash,))
    assert found.hashes == found.unindexed == {ninja.hash}
    assert found.reasons[numpy.hash] == "its index has it, but it is not there"


def test_what_spack_would_not_take_is_no_hit(zephyr: Lock) -> None:
    (ninja,) = zephyr.named("ninja")
    found = hits(zephyr, MIRROR, {}, (ninja.hash,), {ninja.hash: unsigned("team")})
    assert not found.hashes
    assert found.reasons[ninja.hash] == "team has it, but unsigned, and its packages have to be signed"


def test_of_several_caches_the_most_telling_reason_is_told() -> None:
    def cache(reasons: Mapping[str, str]) -> Hits:
        return Hits(MIRROR, reasons=reasons)

    assert best_reasons((cache({"a": NEVER, "b": "first"}), cache({"a": "near", "b": "second", "c": NEVER}))) == {
        "a": "near",
        "b": "first",
        "c": NEVER,
    }
