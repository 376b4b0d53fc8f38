"""Locking a workspace needs no engine; what changes afterwards is named."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sygaldry.config.resolve import Layer, Resolved, resolve
from sygaldry.flows.lock.check import drift, lock_check, lock_diff, require_lock
from sygaldry.flows.lock.file import load_lock, lock_path
from sygaldry.flows.lock.image_facts import base_facts, parse_packages
from sygaldry.flows.lock.make import lock_project
from sygaldry.flows.runtime.images import Image
from sygaldry.image.labels import MIRROR, RELEASE
from sygaldry.lockfile.lock import FILE, sorted_lock
from sygaldry.model.errors import LockError, NotFoundError
from sygaldry.model.machine import Machine

PACKAGES = Path(__file__).parents[3] / "pkg"
REVISION = "0123456789abcdef0123456789abcdef01234567"
BLOB = "a" * 64


def settings(tmp_path: Path, **values: object) -> Resolved:
    given = {"storage_root": str(tmp_path / "storage"), "project_id": "p", **values}
    return resolve(Layer(given, dict.fromkeys(given, "test")))


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    folder = tmp_path / "work"
    shutil.copytree(PACKAGES / "rehearsal" / "debian12", folder / "pkg" / "small")
    (folder / "requirements.txt").write_text("six==1 --hash=sha256:00\n")
    (folder / "notes.txt").write_text("no lock\n")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "uv.lock").write_text("version = 1\n")
    return str(folder)


def locked(resolved: Resolved, workspace: str, *keep: str) -> None:
    lock_project(resolved, Machine(1000, 1000), workspace, keep, ask_engine=False)


def test_a_workspace_is_locked_and_found_up_to_date(tmp_path: Path, workspace: str) -> None:
    resolved = settings(tmp_path)
    with pytest.raises(NotFoundError, match=FILE):
        lock_check(resolved, workspace)
    locked(resolved, workspace)
    assert lock_check(resolved, workspace).exit_code == 0
    text = Path(workspace, FILE).read_text()
    assert '[environment."pkg/small"]' in text
    assert '[python."requirements.txt"]' in text
    assert ".hidden" not in text
    assert "notes" not in text
    assert lock_project(resolved, Machine(1000, 1000), workspace, (), ask_engine=False).data["changed"] is False


def test_every_change_of_the_project_is_named(tmp_path: Path, workspace: str) -> None:
    resolved = settings(tmp_path)
    locked(resolved, workspace)
    Path(workspace, "requirements.txt").write_text("six==2 --hash=sha256:01\n")
    lock_file = next(Path(workspace, "pkg", "small").glob("spack.lock"))
    lock_file.write_text(lock_file.read_text() + "\n")
    (Path(workspace) / "uv.lock").write_text("version = 1\n")
    report = lock_check(settings(tmp_path, toolchains=("uv",)), workspace)
    assert report.exit_code == 1
    changes = report.data["changes"]
    assert isinstance(changes, list)
    assert [(each["kind"], each["name"], each["action"]) for each in changes] == [
        ("image", "sygaldry/zephyr:base", "changed"),
        ("environment", "pkg/small", "changed"),
        ("python", "requirements.txt", "changed"),
        ("python", "uv.lock", "added"),
    ]


def test_another_recipe_is_a_change_but_not_for_a_lock_of_an_earlier_version(tmp_path: Path, workspace: str) -> None:
    resolved = settings(tmp_path)
    made = next(Path(workspace).glob("pkg/small/sygaldry.lock.json"))
    locked(resolved, workspace)
    path = lock_path(workspace)
    lock = load_lock(path)
    (digest,) = (each.facts["recipe_files"] for each in lock.of("environment").values())
    text = made.read_text()
    recipe = next(iter(json.loads(text)["recipes"].values()))
    made.write_text(text.replace(recipe, "0" * 64))
    (change,) = drift(resolved, workspace, lock)
    assert [(name, old) for name, old, _ in change.facts] == [("recipe_files", digest)]
    older = (replace(each, facts={k: v for k, v in each.facts.items() if k != "recipe_files"}) for each in lock.entries)
    assert drift(resolved, workspace, sorted_lock(lock.sygaldry, older)) == ()


def test_locked_demands_the_lock_and_frozen_only_that_it_can_be_read(tmp_path: Path, workspace: str) -> None:
    resolved = settings(tmp_path)
    with pytest.raises(NotFoundError):
        require_lock(resolved, workspace)
    locked(resolved, workspace)
    require_lock(resolved, workspace)
    Path(workspace, "requirements.txt").write_text("six==2 --hash=sha256:01\n")
    with pytest.raises(LockError, match=r"python requirements\.txt changed"):
        require_lock(resolved, workspace)
    require_lock(settings(tmp_path, frozen=True), workspace)
    Path(workspace, FILE).write_text("version = 9\n")
    with pytest.raises(LockError):
        require_lock(settings(tmp_path, frozen=True), workspace)


def test_a_model_is_kept_by_revision_and_files(tmp_path: Path, workspace: str) -> None:
    folder = tmp_path / "storage" / "p" / "hf_cache" / "hub" / "models--org--name"
    snapshot = folder / "snapshots" / REVISION / "sub"
    snapshot.mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(REVISION)
    (snapshot / "model.bin").symlink_to(f"../../../blobs/{BLOB}")
    resolved = settings(tmp_path)
    locked(resolved, workspace, "model:org/name")
    locked(resolved, workspace)
    text = Path(workspace, FILE).read_text()
    assert '[huggingface."model:org/name"]' in text, "it stays when the lock is made again"
    assert f'revision = "{REVISION}"' in text
    assert f'"file sub/model.bin" = "{BLOB}"' in text
    with pytest.raises(NotFoundError, match="dataset:org/other"):
        locked(resolved, workspace, "dataset:org/other")


@pytest.mark.parametrize(
    "damage", [("version = 1", "version = 9"), ("\n[image", "\n<<<<<<< ours\n[image"), ("checksum", "check")]
)
def test_an_unreadable_lock_that_keeps_a_model_is_not_replaced(
    tmp_path: Path, workspace: str, damage: tuple[str, str]
) -> None:
    snapshot = tmp_path / "storage" / "p" / "hf_cache" / "hub" / "models--org--name" / "snapshots" / REVISION
    snapshot.mkdir(parents=True)
    (snapshot / "model.bin").symlink_to(f"../../blobs/{BLOB}")
    resolved = settings(tmp_path)
    locked(resolved, workspace, "model:org/name")
    path = Path(workspace, FILE)
    path.write_text(path.read_text().replace(*damage, 1))
    damaged = path.read_text()
    with pytest.raises(LockError, match="lose the revisions of model:org/name") as refused:
        locked(resolved, workspace)
    assert path.read_text() == damaged
    assert "sygaldry lock --keep model:org/name" in refused.value.hint
    assert "git checkout" not in refused.value.hint
    Path(workspace, ".git").mkdir()
    with pytest.raises(LockError) as refused:
        locked(resolved, workspace)
    assert f"git checkout -- {FILE}" in refused.value.hint
    locked(resolved, workspace, "model:org/name")
    assert lock_check(resolved, workspace).exit_code == 0


def test_an_unreadable_lock_without_models_is_made_anew_and_reported(tmp_path: Path, workspace: str) -> None:
    resolved = settings(tmp_path)
    Path(workspace, FILE).write_text("<<<<<<< ours\n")
    report = lock_project(resolved, Machine(1000, 1000), workspace, (), ask_engine=False)
    assert "the lock is made anew" in report.notes[0]
    assert lock_check(resolved, workspace).exit_code == 0


def test_two_locks_are_compared(tmp_path: Path, workspace: str) -> None:
    locked(settings(tmp_path), workspace)
    path = f"{workspace}/{FILE}"
    shutil.copy(path, tmp_path / "old.lock")
    assert lock_diff(str(tmp_path / "old.lock"), path).exit_code == 0
    locked(settings(tmp_path, base_image="debian:13"), workspace)
    report = lock_diff(str(tmp_path / "old.lock"), path)
    assert report.exit_code == 1
    assert "    base: nvidia/cuda:12.9.1-cudnn-devel-ubuntu24.04 -> debian:13" in report.lines


def test_a_base_is_locked_with_its_registry_or_its_mirror() -> None:
    pulled = Image("sha256:1", layers=("sha256:2",), digests=("debian@sha256:3",))
    assert base_facts(pulled) == {"content": pulled.content, "digest": "sha256:3"}
    made = Image("sha256:1", labels={MIRROR: "http://mirror/debian", RELEASE: "bookworm 12.13", "other": "x"})
    assert base_facts(made) == {"content": made.content, "mirror": "http://mirror/debian", "release": "bookworm 12.13"}


def test_the_packages_of_an_image_are_read_with_the_digest_of_their_files() -> None:
    text = "bash:amd64 5.2\nlibc6:amd64 2.36\nlibc6:i386 2.36\n\nd1  bash.md5sums\nd2  libc6:amd64.md5sums\n"
    found = {each.name: dict(each.facts) for each in parse_packages(text)}
    assert found == {
        "bash:amd64": {"version": "5.2", "files": "d1"},
        "libc6:amd64": {"version": "2.36", "files": "d2"},
        "libc6:i386": {"version": "2.36"},
    }
