"""What a lock says, and which ones are turned away at the door."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sygaldry.model.errors import LockError
from sygaldry.spack.lock import Lock, canonical, dag_hash, parse_lock

PACKAGES = Path(__file__).parents[3] / "pkg"


def raw() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PACKAGES / "zephyr" / "spack.lock").read_text())
    return found


def test_the_real_lock_is_what_the_specification_asks_for(zephyr: Lock) -> None:
    arch = ["61", "75", "80", "86", "89", "90"]
    for name in ("py-torch", "py-jaxlib", "nccl"):
        (node,) = zephyr.named(name)
        assert node.own["parameters"]["cuda"] is True
        assert node.own["parameters"]["cuda_arch"] == arch
    names = {node.name for node in zephyr.nodes.values()}
    stack = {"py-jax", "py-numpy", "py-scipy", "py-pandas", "py-matplotlib", "py-jupyterlab", "py-torchvision"}
    assert stack | {"py-scikit-learn", "llvm", "cmake", "ninja", "git", "ccache"} <= names
    assert zephyr.named("python")[0].version.startswith("3.13.")
    assert {node.label: node.prefix for node in zephyr.externals} == {
        "cuda@12.9.1": "/usr/local/cuda",
        "cudnn@9.10.2.21-12": "/usr",
        "gcc@13.3.0": "/usr",
        "glibc@2.39": "/usr",
        "llvm@18.1.3": "/usr",
    }
    assert zephyr.spack == "1.1.0"


@pytest.mark.parametrize("name", ["zephyr", "zephyr-cuda13", "torch_cuda"])
def test_every_package_of_a_committed_lock_has_the_hash_that_its_content_gives(name: str) -> None:
    lock = parse_lock((PACKAGES / name / "spack.lock").read_text(), name)
    for node in lock.to_install:
        assert dag_hash(lock.raw["concrete_specs"][node.hash]) == node.hash
    assert {node.os for node in lock.nodes.values()} == {"ubuntu24.04"}


def test_the_order_in_which_spack_writes_a_lock_does_not_matter(zephyr: Lock) -> None:
    found = raw()
    found["roots"].reverse()
    found["concrete_specs"] = dict(reversed(found["concrete_specs"].items()))
    assert canonical(parse_lock(json.dumps(found), "reversed")) == canonical(zephyr)


def test_a_package_edited_by_hand_is_found_by_its_hash() -> None:
    found = raw()
    key = next(key for key, each in found["concrete_specs"].items() if each["name"] == "py-numpy")
    found["concrete_specs"][key]["version"] = "2.3.5"
    with pytest.raises(LockError, match=r"is not as Spack wrote it: py-numpy@2\.3\.5") as caught:
        parse_lock(json.dumps(found), "their work/spack.lock")
    assert caught.value.hint == (
        "restore the committed one: git -C 'their work' checkout -- spack.lock; "
        "or lock again: sygaldry env lock 'their work'"
    )


def test_a_truncated_lock_is_called_that() -> None:
    text = json.dumps(raw())
    with pytest.raises(LockError, match="it ends in the middle"):
        parse_lock(text[: len(text) // 2], "spack.lock")


def _newer(lock: dict[str, Any]) -> None:
    lock["_meta"]["lockfile-version"] = 7


def _format_as_text(lock: dict[str, Any]) -> None:
    lock["_meta"]["lockfile-version"] = "4"


def _format_true(lock: dict[str, Any]) -> None:
    lock["_meta"]["lockfile-version"] = True


def _without_a_dependency(lock: dict[str, Any]) -> None:
    del lock["concrete_specs"][next(key for key, each in lock["concrete_specs"].items() if each["name"] == "gmake")]


def _hostile_name(lock: dict[str, Any]) -> None:
    next(iter(lock["concrete_specs"].values()))["name"] = "../../etc/passwd"


def _misfiled(lock: dict[str, Any]) -> None:
    next(iter(lock["concrete_specs"].values()))["hash"] = "a" * 32


def _not_a_table(lock: dict[str, Any]) -> None:
    lock["concrete_specs"] = [1]


def _no_roots(lock: dict[str, Any]) -> None:
    lock["roots"] = []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_newer, "made by a newer Spack"),
        (_format_as_text, "is not a whole number"),
        (_format_true, "is not a whole number"),
        (_without_a_dependency, "is not in it"),
        (_hostile_name, "is not a valid name"),
        (_misfiled, "filed under"),
        (_not_a_table, "damaged"),
        (_no_roots, "no roots"),
    ],
)
def test_a_spoiled_lock_is_refused_with_one_sentence(spoil: Callable[[dict[str, Any]], None], said: str) -> None:
    found = raw()
    spoil(found)
    with pytest.raises(LockError, match=said) as caught:
        parse_lock(json.dumps(found), "spack.lock")
    assert caught.value.hint


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"_meta": {"file-type": "other"}}', "[" * 100_000])
def test_what_is_no_lock_at_all_is_refused(text: str) -> None:
    with pytest.raises(LockError, match="damaged"):
        parse_lock(text, "spack.lock")


def test_a_package_that_depends_on_itself_is_refused() -> None:
    found = raw()
    specs = found["concrete_specs"]
    gcc = next(each for each in specs.values() if each["name"] == "gcc")
    user = next(each for each in specs.values() if each["name"] == "gcc-runtime")
    gcc["dependencies"] = [
        {"name": "gcc-runtime", "hash": user["hash"], "parameters": {"deptypes": ["link"], "virtuals": []}}
    ]
    with pytest.raises(LockError, match="depends on itself"):
        parse_lock(json.dumps(found), "spack.lock")
