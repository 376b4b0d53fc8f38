"""A manifest is compared by what it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from sygaldry.model.errors import LockError
from sygaldry.spack.manifest import diff_manifests, pad_path, parse_manifest, relocated
from sygaldry.spack.provenance import changed_recipes, digest, license_of, parse_provenance

PACKAGES = Path(__file__).parents[3] / "pkg"
TEXT = (PACKAGES / "zephyr" / "spack_src.yaml").read_text()


def test_the_real_manifest_keeps_everything_in_the_store() -> None:
    found = parse_manifest(TEXT, "spack_src.yaml")
    assert found.view == "/opt/spack_store/views/zephyr"
    assert found.install_tree == "/opt/spack_store/install"
    assert found.stages == ("/opt/spack_store/stage",)
    assert "py-jupyterlab" in found.specs


def test_a_comment_or_another_order_of_keys_is_no_difference() -> None:
    one = parse_manifest("spack:\n  specs: [a, b]\n  view: false\n", "x")
    other = parse_manifest("# new\nspack:\n  view: false\n  specs:\n  - b\n  - a\n", "x")
    assert diff_manifests(one.content, other.content) == ()


def test_specs_and_settings_that_differ_are_told_by_path() -> None:
    old = parse_manifest("spack:\n  specs: [a]\n  concretizer: {unify: true, reuse: false}\n", "x")
    new = parse_manifest("spack:\n  specs: [a@2]\n  concretizer: {unify: true, reuse: true}\n  view: /v\n", "x")
    assert diff_manifests(old.content, new.content) == (
        "+ a@2",
        "- a",
        "~ concretizer:reuse: False -> True",
        "+ view: /v",
    )


@pytest.mark.parametrize("text", ["", "a: [", "spack: 3", "spack: {specs: 3}", "spack: {specs: [{a: b}]}", "\0"])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(LockError) as caught:
        parse_manifest(text, "spack_src.yaml")
    assert caught.value.hint


@pytest.mark.parametrize("name", ["zephyr", "zephyr-cuda13", "torch_cuda"])
def test_the_committed_provenance_belongs_to_the_committed_manifest_and_lock(name: str) -> None:
    folder = PACKAGES / name
    made = parse_provenance((folder / "sygaldry.lock.json").read_text(), "sygaldry.lock.json")
    assert made.manifest_sha256 == digest((folder / "spack_src.yaml").read_text())
    assert made.spack_commit == "2e907202bcc8209a6a62243aab50c179b524cc3b"
    assert made.recipes_commit == "119680aeee8ea802c6111b7167583bddef97e82f"
    assert made.licenses["py-numpy"] == "BSD-3-Clause"
    assert parse_provenance(made.text(), "again") == made


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 1}', '{"schema": 99}', '{"schema": 1, "x": 2}'])
def test_a_damaged_provenance_is_refused(text: str) -> None:
    with pytest.raises(LockError):
        parse_provenance(text, "sygaldry.lock.json")


def test_a_changed_or_missing_recipe_is_named() -> None:
    assert changed_recipes({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "9"}) == ("b", "c")


def test_the_licence_of_a_recipe_is_its_first() -> None:
    recipe = 'class A:\n    license("MIT", when="@2:")\n    license("GPL-2.0-only")\n'
    assert license_of(recipe) == "MIT"
    assert license_of("class A:\n    pass\n") == ""


def test_a_manifest_is_solved_without_its_view_and_without_a_sites_externals() -> None:
    said = {"specs": ["a"], "view": "/v", "repos": {"own": "repo"}, "packages": {"gcc": {"externals": [1]}}}
    assert relocated(said, "/here") == {
        "specs": ["a"],
        "view": False,
        "repos": {"own": "/here/repo"},
        "packages": {"gcc": {"externals:": [1]}},
    }
    assert relocated({"specs": []}, "/here") == {"specs": [], "view": False}


@pytest.mark.parametrize("length", range(14, 80))
def test_a_padded_root_has_the_length_asked_for_and_never_ends_with_a_slash(length: int) -> None:
    root = pad_path("/opt/store", length)
    assert len(root) == length
    assert not root.endswith("/")
    assert root.startswith("/opt/store/")


def test_a_root_is_padded_as_spack_does_it() -> None:
    assert pad_path("/opt/store", 64) == "/opt/store/__spack_path_placeholder__/__spack_path_placeholder__"
    assert pad_path("/opt/store", 38) == "/opt/store/__spack_path_placeholder___"  # recorded: its slash would be lost
    assert pad_path("/opt/store", 5) == "/opt/store"
    text = "spack:\n  specs: []\n  config: {install_tree: {root: /opt/store, padded_length: 39}}\n"
    assert parse_manifest(text, "x").install_tree == "/opt/store/__spack_path_placeholder__/_"


@pytest.mark.parametrize("view", ["{}", "{select: [zlib]}", "{root: 7}"])
def test_a_view_without_a_root_is_refused_as_spack_does(view: str) -> None:
    with pytest.raises(LockError, match="the view 'mine' in x has no root"):
        parse_manifest(f"spack:\n  specs: []\n  view: {{mine: {view}}}\n", "x")


@pytest.mark.parametrize(
    "wrong",
    [
        "config: 3",
        "mirrors: [a]",
        "packages: x",
        "config: {build_stage: 3}",
        "config: {install_tree: {root: /x, padded_length: far}}",
    ],
)
def test_a_manifest_of_the_wrong_shape_is_one_sentence(wrong: str) -> None:
    with pytest.raises(LockError, match="is not a") as caught:
        parse_manifest(f"spack:\n  specs: []\n  {wrong}\n", "x")
    assert caught.value.hint
