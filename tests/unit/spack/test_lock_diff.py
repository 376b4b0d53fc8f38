"""Two locks: roots first, own changes, and consequences with their cause."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sygaldry.spack.lock import Lock, parse_lock
from sygaldry.spack.lock_diff import difference, format_difference

PACKAGES = Path(__file__).parents[3] / "pkg"

Edit = Callable[[str, Callable[[dict[str, Any]], None]], Lock]


def _newer(node: dict[str, Any]) -> None:
    node["version"] = "1.3.2"


def _pic(node: dict[str, Any]) -> None:
    node["parameters"]["pic"] = not node["parameters"]["pic"]


def _recipe(node: dict[str, Any]) -> None:
    node["package_hash"] = "x" * 52


def test_a_lock_does_not_differ_from_itself(zephyr: Lock) -> None:
    assert difference(zephyr, zephyr).is_empty


def test_a_new_version_below_is_one_change_and_many_consequences(zephyr: Lock, edited: Edit) -> None:
    found = difference(zephyr, edited("zlib-ng", _newer))
    assert [(each.name, each.after) for each in found.changed] == [("zlib-ng", "zlib-ng@1.3.2")]
    assert not found.added
    assert not found.removed
    assert len(found.consequences) > 100
    assert {each.causes for each in found.consequences} == {("zlib-ng",)}
    lines = format_difference(found)
    assert lines[0].startswith("~ zlib-ng@")
    assert "only because of zlib-ng" in lines[1]


def test_options_and_recipes_are_told_by_name(zephyr: Lock, edited: Edit) -> None:
    (changed,) = difference(zephyr, edited("zlib-ng", _pic)).changed
    assert changed.fields == ("pic on -> off",)
    (changed,) = difference(zephyr, edited("zlib-ng", _recipe)).changed
    assert changed.fields == ("its recipe changed",)


def test_roots_come_first_and_what_came_and_went_is_listed(zephyr: Lock) -> None:
    smaller = parse_lock((PACKAGES / "torch_cuda" / "spack.lock").read_text(), "torch_cuda")
    found = difference(zephyr, smaller)
    lines = format_difference(found)
    assert lines[0].startswith("root - ")
    assert "root - ccache: ccache@4.10.2" in lines
    assert "ccache@4.10.2" in found.removed
    assert not found.added
    assert any(each.name == "py-torch" for each in found.consequences + found.changed) or "py-torch" not in str(found)


def test_a_new_root_is_told_with_what_it_brings(zephyr: Lock) -> None:
    smaller = parse_lock((PACKAGES / "torch_cuda" / "spack.lock").read_text(), "torch_cuda")
    assert "root + ccache: ccache@4.10.2" in format_difference(difference(smaller, zephyr))
