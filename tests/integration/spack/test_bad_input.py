"""Whatever is wrong with the lock, the store or the machine: one message, the store as it was, and a way on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .conftest import Done, World, mounted
from .test_build import installed, tool

pytestmark = pytest.mark.spack

Choose = Callable[..., World]
NOBODY = 65534


def problems(done: Done) -> list[str]:
    """Pick the messages out of what was said: a problem each, with its hint."""
    return [line for line in done.err.splitlines() if line.startswith("sygaldry: ")]


def content(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Describe everything in a folder, so that a change is seen."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        found[str(path)] = (status.st_mode, status.st_size if path.is_file() else 0, status.st_mtime_ns)
    return found


def test_too_small_a_disk_is_told_before_anything_is_built(world: World) -> None:
    with mounted(world.store, "64m"):
        before = content(world.store)
        done = world.run("build", str(world.environment))
        assert done.code == 4
        (said,) = problems(done)
        assert "the store's disk has too little room: 0.1 GiB are free, and about 0.7 are needed" in said
        assert "sygaldry storage du" in done.err
        assert content(world.store) == before
        assert "problem: the store's disk has too little room" in world.run("build", str(world.environment), "-n").out


@pytest.mark.parametrize("size", ["700k", "1m", "2m"])
def test_a_disk_that_fills_while_building_is_told_and_the_build_goes_on_once_there_is_room(
    world: World, size: str
) -> None:
    with mounted(world.store, size):
        world.bring_index()
        done = world.run("build", str(world.environment), "--anyway")
        assert done.code == 1, done
        assert "No space left on device" in done.out
        assert "make room on the disk of the store: sygaldry storage du" in done.out
        assert f"resume with: sygaldry env build {world.environment}" in done.err
        there = set(installed(world)) if (world.store / "install" / ".spack-db" / "index.json").exists() else set()
        subprocess.run(["mount", "-o", "remount,size=64m", str(world.store)], check=True)
        done = world.run("build", str(world.environment), "--anyway")
        assert (done.code, "0 failed" in done.out) == (0, True), done
        assert there <= set(installed(world))
        assert tool(world) == "42 hello\n"
        assert world.run("verify", str(world.environment)).code == 0


def test_a_read_only_store_is_told_as_one_and_used_where_nothing_is_missing(world: World) -> None:
    with mounted(world.store, "64m"):
        world.bring_index()
        remount = ["mount", str(world.store), "-o"]
        subprocess.run([*remount, "remount,ro"], check=True)
        done = world.run("build", str(world.environment), "--anyway")
        assert done.code == 4
        (said,) = problems(done)
        assert said.endswith(f"the store {world.store} cannot be written: {world.store} is on a read-only disk")
        assert f"findmnt -T {world.store}" in done.err
        subprocess.run([*remount, "remount,rw"], check=True)
        assert world.run("build", str(world.environment), "--anyway").code == 0
        subprocess.run([*remount, "remount,ro"], check=True)
        again = world.run("build", str(world.environment))
        assert (again.code, "0 built" in again.out, again.err) == (0, True, "")
        assert "behind" not in world.run("status", str(world.environment)).out
        assert world.run("verify", str(world.environment)).code == 0


def test_a_read_only_folder_of_the_environment_is_told_and_used_where_nothing_is_missing(world: World) -> None:
    folder = str(world.environment)
    if subprocess.run(["mount", "--bind", folder, folder], check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount a folder upon itself")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        done = world.run("build", folder)
        (said,) = problems(done)
        assert (done.code, said) == (
            4,
            f"sygaldry: {folder} cannot be written, and Spack keeps spack.yaml and .spack-env in it",
        )
        assert f"cp -r {folder} ~/tiny" in done.err
        assert not (world.store / "install").exists()
        subprocess.run(["mount", "-o", "remount,rw,bind", folder], check=True)
        assert world.run("build", folder).code == 0
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        assert world.run("build", folder).code == 0
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


@pytest.fixture
def public(world: World) -> Iterator[World]:
    """A world that others may look into: pytest keeps its folders to itself, also while a test runs."""
    folder = Path(tempfile.mkdtemp(prefix="sygaldry-public-"))
    folder.chmod(0o755)
    try:
        copies = {name: folder / name for name in ("spack", "sources")}
        for name, copy in copies.items():
            shutil.copytree(getattr(world, name), copy, symlinks=True)
        own = replace(world, folder=folder, spack=copies["spack"], sources=copies["sources"])
        shutil.copytree(world.store, own.store)
        shutil.copytree(world.environment, own.environment)
        own.write_manifest(("tiny-tool",))
        yield own
    finally:
        shutil.rmtree(folder)


def test_a_store_of_another_user_is_told_as_one_and_used_where_nothing_is_missing(public: World) -> None:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can be somebody else, with setpriv")
    world, home = public, public.folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    subprocess.run(["chown", "-R", f"{NOBODY}", str(world.environment)], check=True)

    def as_nobody(*words: str) -> Done:
        done = subprocess.run(
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *world.argv, *words],
            env=world.variables | {"HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    before = content(world.store)
    done = as_nobody("build", str(world.environment))
    assert done.code == 4, done
    (said,) = problems(done)
    assert said.endswith(f"cannot be written: {world.store} belongs to user 0, and you are {NOBODY}")
    assert "SYGALDRY_STORAGE_ROOT=/some/folder" in done.err
    assert content(world.store) == before

    assert world.run("build", str(world.environment)).code == 0
    subprocess.run(["chown", "-R", f"{NOBODY}", str(world.environment)], check=True)
    before = content(world.store)
    again = as_nobody("build", str(world.environment))
    assert (again.code, "0 built" in again.out) == (0, True), again
    assert "behind" not in as_nobody("status", str(world.environment)).out
    (script,) = as_nobody("activate", str(world.environment)).out.splitlines()
    assert script.startswith(f"{home}/.cache/sygaldry/activation/")
    assert content(world.store) == before


def test_a_prefix_that_a_kill_left_half_installed_is_told_and_made_anew(world: World) -> None:
    """What SIGKILL in the install phase leaves: a prefix with files, .spack/spec.json and no record in the database."""
    assert world.run("build", str(world.environment)).code == 0
    database = world.store / "install" / ".spack-db" / "index.json"
    said = json.loads(database.read_text())
    (key,) = [key for key, name in installed(world).items() if name == "tiny-tool"]
    path = Path(said["database"]["installs"].pop(key)["path"])
    database.write_text(json.dumps(said))
    shutil.rmtree(path / "bin")
    (path / "half").write_text("half\n")
    status = world.run("status", str(world.environment))
    assert (status.code, "4 of 5 packages needed to run are installed" in status.out) == (1, True), status
    found = world.data("verify", str(world.environment))["problems"]
    assert ("tiny-tool@1.0", "incomplete") in {(each["package"], each["kind"]) for each in found}
    done = world.run("build", str(world.environment))
    assert (done.code, "1 built" in done.out) == (0, True), done
    assert not (path / "half").exists()
    assert tool(world) == "42 hello\n"


def _truncated(text: str) -> str:
    return text[: len(text) // 2]


def _edited(text: str) -> str:
    return text.replace('"version": "1.0"', '"version": "1.1"', 1)


def _newer(text: str) -> str:
    return text.replace('"lockfile-version": 6', '"lockfile-version": 7', 1)


def _missing(_: str) -> None:
    return None


@pytest.mark.parametrize(
    ("spoil", "code", "said", "todo"),
    [
        (_truncated, 1, "it ends in the middle", " checkout -- spack.lock; or lock again: sygaldry env lock /"),
        (_edited, 1, "is not as Spack wrote it: tiny-", " checkout -- spack.lock; or lock again: sygaldry env lock /"),
        (_newer, 1, "has lock format 7, and Spack 1.1 reads formats 1 to 6: it was made by a newer Spack", "env lock"),
        (_missing, 3, "has no spack.lock", "sygaldry env lock"),
    ],
)
def test_a_spoiled_lock_is_one_message_and_touches_nothing(
    world: World, spoil: Callable[[str], str | None], code: int, said: str, todo: str
) -> None:
    lock = world.environment / "spack.lock"
    text = spoil(lock.read_text())
    lock.unlink()
    if text is not None:
        lock.write_text(text)
    before = content(world.store)
    for verb in (("build",), ("build", "--dry-run"), ("status",), ("lock", "--check"), ("activate",), ("verify",)):
        done = world.run(*verb, str(world.environment))
        (problem,) = problems(done)
        assert (done.code, said in problem, todo in done.err, done.out) == (code, True, True, ""), (verb, done)
    assert content(world.store) == before


@pytest.mark.usefixtures("locked")
def test_a_recipe_changed_after_locking_is_named_and_nothing_is_built(given: World, tmp_path: Path) -> None:
    """The repository of recipes itself is changed, as `git pull` would change it."""
    environment = Path(shutil.copytree(given.environment, tmp_path / "tiny"))
    recipes = Path(shutil.copytree(Path(__file__).parents[2] / "data" / "spack_repo" / "spack_repo", tmp_path / "own"))
    source = environment / "spack_src.yaml"
    made = environment / "sygaldry.lock.json"
    before, after = (
        next(line for line in source.read_text().splitlines() if "  tiny: " in line),
        f"    tiny: {recipes}/tiny",
    )
    source.write_text(source.read_text().replace(before, after))
    record: dict[str, Any] = json.loads(made.read_text())
    record["manifest"]["repos"]["tiny"] = f"{recipes}/tiny"
    made.write_text(json.dumps(record))
    assert given.run("lock", "--check", str(environment)).code == 0
    recipe = recipes / "tiny" / "packages" / "tiny_log" / "package.py"
    recipe.write_text(recipe.read_text() + "# changed\n")
    done = given.run("build", str(environment))
    assert done.code == 1, done
    (said,) = problems(done)
    assert "1 recipes are not those the lock was made from: tiny-log" in said
    assert "sygaldry env lock" in done.err
    assert not (given.store / "install").exists()
    check = given.run("lock", "--check", str(environment))
    assert (check.code, "tiny-log" in check.out) == (1, True)
