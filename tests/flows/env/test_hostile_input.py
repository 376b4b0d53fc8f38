"""Manifests, locks and databases of a hostile repository: one sentence, within seconds, whatever is in them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import Settings
from sygaldry.flows.env.diff import env_diff
from sygaldry.flows.env.environment import Store, load_environment
from sygaldry.flows.env.graph import Cut, env_graph
from sygaldry.flows.env.install.plan import BuildOptions, prepare
from sygaldry.flows.env.install.plan_report import plan_report
from sygaldry.flows.env.status import env_status
from sygaldry.flows.env.store import check_length
from sygaldry.flows.env.verify import env_verify
from sygaldry.host.http import fetch
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import LockError, StorageError
from sygaldry.model.report import Report

PLAIN = "spack:\n  specs: [p0]\n"
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
MOST_SECONDS = 60  # a few in truth; quadratic work on two thousand packages took many minutes


def key(number: int) -> str:
    return "".join(LETTERS[number // 32**place % 32] for place in range(32))


def node(number: int, below: Iterable[int] = (), **fields: Any) -> dict[str, Any]:
    arch = {"platform": "linux", "platform_os": "debian12", "target": {"name": "x86_64_v2"}}
    needs = [{"name": f"p{each}", "hash": key(each), "type": ["build", "link", "run"]} for each in below]
    own = {"name": f"p{number}", "version": "1.0", "arch": arch, "namespace": "builtin", "hash": key(number)}
    return own | {"dependencies": needs} | fields


def lock(nodes: Iterable[dict[str, Any]], roots: int = 1, **fields: Any) -> str:
    specs = {each["hash"]: each for each in nodes}
    meta = {"file-type": "spack-lockfile", "lockfile-version": 4, "specfile-version": 3}
    requested = [{"hash": each, "spec": specs[each]["name"]} for each in list(specs)[:roots]]
    return json.dumps(
        {"_meta": meta, "spack": {"version": "0.21.2"}, "roots": requested, "concrete_specs": specs} | fields
    )


def chain(count: int) -> str:
    return lock(node(each, [each + 1] if each + 1 < count else []) for each in range(count))


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


def write(tmp_path: Path, lock_text: str, manifest: str = PLAIN) -> Path:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "spack.yaml").write_text(manifest)
    (folder / "spack.lock").write_text(lock_text)
    return folder


def resolved(tmp_path: Path) -> Resolved:
    nothing, store = str(tmp_path / "nothing"), str(tmp_path / "store")
    return Resolved(Settings(spack_root=nothing, spack_recipes=nothing, spack_store=store, trust_workspace=True))


def absent(command: Command) -> Completed:
    return Completed(command, 127)


def plan(folder: Path, tmp_path: Path) -> Report:
    environment = load_environment(str(folder), resolved(tmp_path), tmp_path)
    store = Store(tmp_path / "store", str(tmp_path / "store"))
    return plan_report(prepare(environment, store, BuildOptions(no_cache=True), absent, fetch))


UNREADABLE = {
    "deep parameters": (lock([node(0, parameters=nested(900))]), "nested too deeply"),
    "a null character": (lock([node(0, external={"path": "/usr\0"})]), "null character"),
    "a relative prefix": (lock([node(0, external={"path": "../bin"})]), "not a valid name, version, path or hash"),
    "a prefix without end": (lock([node(0, external={"path": "/" + "a" * 5000})]), "not a valid name"),
    "a prefix that is a table": (lock([node(0, external={"path": {"a": 1}})]), "unexpected type"),
    "compilers in a list": (
        lock([node(0, external={"path": "/usr", "extra_attributes": {"compilers": ["/bin/rm"]}})]),
        "unexpected type",
    ),
    "a version of Spack without end": (lock([node(0)], spack={"version": "9" * 5000}), "not a valid name"),
    "a colour in a version of Spack": (lock([node(0)], spack={"version": "\x1b[31m"}), "not a valid name"),
    "packages without end": (lock(node(each) for each in range(10_001)), "more than 10000 are not read"),
    "edges without end": (lock(node(each, [9999] * 200) for each in range(1050)), "more than 200000"),
    "a package without a target": (lock([node(0) | {"arch": {}}]), "lacks"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_lock_that_no_spack_made_is_one_sentence(case: str, tmp_path: Path) -> None:
    text, reason = UNREADABLE[case]
    folder = write(tmp_path, text)
    with pytest.raises(LockError) as caught:
        env_status(str(folder), resolved(tmp_path), tmp_path)
    assert reason in caught.value.problem
    assert len(caught.value.problem) < 500
    assert "Error" not in caught.value.problem


LAUGHS = "".join(
    f"  {one}: &{one} [{', '.join(['*' + two] * 10)}]\n" for two, one in zip("abcdefgh", "bcdefghi", strict=True)
)
MANIFESTS = {
    "aliases of aliases": ("spack:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n" + LAUGHS, "more than 200000"),
    "itself": ("spack: &s\n  specs: []\n  config: *s\n", "nested too deeply"),
    "deep": ("spack:\n  packages: " + "{a: " * 120 + "1" + "}" * 120 + "\n", "nested too deeply"),
    "a date that does not exist": ("spack:\n  x: 2026-13-45T99:99:99Z\n", "not valid YAML"),
    "a number without end": (f"spack:\n  x: {'9' * 5000}\n", "not valid YAML"),
    "a null character": ('spack:\n  config: {install_tree: "/a\\0b"}\n', "null character"),
    "padding without end": ("spack:\n  config: {install_tree: {root: /a, padded_length: 999999999}}\n", "3796"),
    "exclusions in no list": ("spack:\n  specs:\n  - matrix: [[a]]\n    exclude: 7\n", "is not a list"),
    "included locks in no list": ("spack:\n  include_concrete: 7\n", "is not a list"),
}  # fmt: skip


@pytest.mark.parametrize("case", MANIFESTS)
def test_a_manifest_that_no_spack_reads_is_one_sentence(case: str, tmp_path: Path) -> None:
    text, reason = MANIFESTS[case]
    folder = write(tmp_path, lock([node(0)]), text)
    with pytest.raises(LockError) as caught:
        env_status(str(folder), resolved(tmp_path), tmp_path)
    assert reason in caught.value.problem
    assert len(caught.value.problem) < 500


def test_a_folder_of_files_that_include_the_folder_is_one_sentence(tmp_path: Path) -> None:
    """Ten files that include each other six levels deep are a million to read."""
    folder = write(tmp_path, lock([node(0)]), "spack:\n  specs: [p0]\n  include: [inc]\n")
    (folder / "inc").mkdir()
    for name in "abcdefghij":
        (folder / "inc" / f"{name}.yaml").write_text("include: ['.']\n")
    began = time.monotonic()
    with pytest.raises(LockError) as caught:
        env_status(str(folder), resolved(tmp_path), tmp_path)
    assert "more than 200 included files" in caught.value.problem
    assert time.monotonic() - began < MOST_SECONDS


def test_a_view_of_a_user_who_does_not_exist_is_a_folder_like_any_other(tmp_path: Path) -> None:
    folder = write(tmp_path, lock([node(0)]), "spack:\n  specs: [p0]\n  view: ~nobody-of-this-name/view\n")
    assert plan(folder, tmp_path).data["total"] == 1


def test_a_null_character_in_the_database_is_damage(tmp_path: Path) -> None:
    folder = write(tmp_path, lock([node(0)]))
    database = tmp_path / "store" / "install" / ".spack-db" / "index.json"
    database.parent.mkdir(parents=True)
    record = {"spec": {"name": "p0", "version": "1.0"}, "installed": True, "path": "/a\0b"}
    database.write_text(json.dumps({"database": {"installs": {key(0): record}}}))
    environment = load_environment(str(folder), resolved(tmp_path), tmp_path)
    store = Store(tmp_path / "store", str(tmp_path / "store"))
    with pytest.raises(LockError, match="is damaged: a path contains a null character"):
        env_verify(environment, store)


LARGE = {
    "a chain": chain(2000),
    "many roots": lock((node(each) for each in range(2000)), roots=2000),
    "many of one name": lock((node(each, name="same", version=f"1.{each}") for each in range(2000)), roots=1),
}


@pytest.mark.parametrize("case", LARGE)
def test_a_large_lock_is_read_planned_drawn_and_compared_in_seconds(case: str, tmp_path: Path) -> None:
    folder = write(tmp_path, LARGE[case])
    environment = load_environment(str(folder), resolved(tmp_path), tmp_path)
    began = time.process_time()
    env_status(str(folder), resolved(tmp_path), tmp_path)
    plan(folder, tmp_path)
    for form in ("md", "svg"):
        env_graph(environment, form, Cut(), None)
    other = folder / "other.lock"
    other.write_text(LARGE[case].replace('"1.0"', '"2.0"').replace('"1.', '"3.').replace(key(0)[:8], "zzzzzzzz"))
    env_diff(str(folder), str(other), resolved(tmp_path), tmp_path)
    assert time.process_time() - began < MOST_SECONDS


@pytest.mark.parametrize(("length", "is_refused"), [(119, False), (120, True)])
def test_a_store_whose_path_is_too_long_for_spack_is_refused_before_anything_fails(
    length: int, is_refused: bool, tmp_path: Path
) -> None:
    """Spack 1.1 fails each package with SbangPathError where `bin/sbang` of the store has more than 127 characters."""
    tree = "/" + "a" * (length - 3)
    text = f"spack:\n  specs: [p0]\n  config: {{install_tree: {{root: {tree}, padded_length: 300}}}}\n"
    environment = load_environment(str(write(tmp_path, lock([node(0)]), text)), resolved(tmp_path), tmp_path)
    store = Store(tmp_path, str(tmp_path))
    if is_refused:
        with pytest.raises(StorageError, match="has 128 characters, and 127 is the limit"):
            check_length(environment, store)
    else:
        check_length(environment, store)


@pytest.mark.parametrize("value", ["1e999", "-5", "1" + "0" * 400, '"x"', "null", "[1]"])
def test_a_history_that_nobody_measured_is_no_estimate(value: str, tmp_path: Path) -> None:
    folder = write(tmp_path, lock([node(0)]))
    own = tmp_path / "store" / ".sygaldry"
    own.mkdir(parents=True)
    for name in ("history.json", "sizes.json"):
        (own / name).write_text(f'{{"p0@1.0": {value}}}')
    assert plan(folder, tmp_path).data["estimate_seconds"] is None
