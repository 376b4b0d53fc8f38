"""gc takes away what nobody needs, keeps whatever may come back, and can be undone."""

import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import World

_LONG_AGO = time.time() - 400 * 86400


@pytest.fixture
def world(new_world: Callable[..., World], tmp_path: Path) -> World:
    (tmp_path / "here").mkdir()
    return new_world(SYGALDRY_WORKSPACE=str(tmp_path / "here"))


def project(world: World, folder: Path) -> Path:
    folder.mkdir()
    assert world.sygaldry("storage", "init", SYGALDRY_WORKSPACE=str(folder)).returncode == 0
    made = world.root / folder.name
    (made / "monorepo_home" / "precious").write_text("precious\n")
    return made


def age(made: Path) -> None:
    """Make a project look as if it was used last long ago."""
    for path in (made, *made.rglob("*")):
        os.utime(path, (_LONG_AGO, _LONG_AGO))


def test_a_renamed_workspace_keeps_its_storage(world: World, tmp_path: Path) -> None:
    made = project(world, tmp_path / "work")
    (tmp_path / "work").rename(tmp_path / "elsewhere")
    done = world.sygaldry("storage", "gc", "--apply", "--yes")
    assert (done.stdout, done.returncode) == ("nothing to remove\n", 0)
    assert "it was used 0 days ago" in done.stderr
    assert (made / "monorepo_home" / "precious").exists()


def test_a_project_goes_to_the_trash_and_comes_back(world: World, tmp_path: Path) -> None:
    made = project(world, tmp_path / "work")
    read_only = made / "spack_store" / "deep"
    read_only.mkdir()
    read_only.chmod(0o555)
    age(made)
    (tmp_path / "work").rmdir()
    preview = world.sygaldry("storage", "gc")
    assert preview.stdout.startswith("would move to the trash ")
    assert f"{made}  (its workspace is missing: {tmp_path}/work)" in preview.stdout
    assert made.exists()
    applied = json.loads(world.sygaldry("storage", "gc", "--apply", "--yes", "--json").stdout)["data"]
    assert [(each["path"], each["action"]) for each in applied["removals"]] == [(str(made), "move to the trash")]
    assert not made.exists()
    assert "work" in world.sygaldry("storage", "restore").stdout
    assert world.sygaldry("storage", "restore", "work").returncode == 0
    assert (made / "monorepo_home" / "precious").read_text() == "precious\n"
    assert world.sygaldry("storage", "gc", "--apply", "--yes").stdout == "nothing to remove\n", "restored is used"


def test_without_a_terminal_it_needs_yes_and_prints_the_sizes_first(world: World, tmp_path: Path) -> None:
    made = project(world, tmp_path / "work")
    age(made)
    (tmp_path / "work").rmdir()
    refused = world.sygaldry("storage", "gc", "--apply")
    assert refused.returncode == 2
    assert refused.stderr.index("would move to the trash") < refused.stderr.index("nothing was removed")
    assert "sygaldry storage gc --apply --yes" in refused.stderr
    assert made.exists()


def test_the_trash_is_deleted_when_it_is_old(world: World) -> None:
    old = world.root / ".trash" / "20200101T000000Z-old"
    (old / ".sygaldry").mkdir(parents=True)
    young = world.root / ".trash" / time.strftime("%Y%m%dT%H%M%SZ-young", time.gmtime())
    young.mkdir()
    done = world.sygaldry("storage", "gc", "--apply", "--yes")
    assert "in the trash since 2020-01-01" in done.stdout
    assert (old.exists(), young.exists()) == (False, True)


def test_an_unmounted_workspace_is_not_missing(world: World, tmp_path: Path) -> None:
    if os.getuid():
        pytest.skip("only root can mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], check=True)
    try:
        made = project(world, disk / "work")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    age(made)
    done = world.sygaldry("storage", "gc", "--apply", "--yes")
    assert done.stdout == "nothing to remove\n"
    assert "the file system of the workspace is not mounted" in done.stderr
    assert made.exists()


def test_what_is_in_use_is_kept(world: World, tmp_path: Path) -> None:
    made = project(world, tmp_path / "work")
    (tmp_path / "work").rmdir()
    with (made / ".sygaldry" / "in-use.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        age(made)
        done = world.sygaldry("storage", "gc", "--apply", "--yes")
    assert "it is in use" in done.stderr
    assert made.exists()


def test_links_planted_in_the_root_are_refused(world: World, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    shutil.copytree(project(world, tmp_path / "work"), victim)
    world.root.joinpath("planted").symlink_to(victim)
    age(victim)
    (tmp_path / "work").rmdir()
    age(world.root / "work")
    world.sygaldry("storage", "gc", "--apply", "--yes")
    assert victim.joinpath("monorepo_home", "precious").exists()
    refused = world.sygaldry("storage", "show", "--project-id", "planted")
    assert refused.returncode == 4
    assert "is a symbolic link" in refused.stderr


def test_a_trash_that_is_a_link_is_not_followed(world: World, tmp_path: Path) -> None:
    made = project(world, tmp_path / "work")
    age(made)
    (tmp_path / "work").rmdir()
    (tmp_path / "aim").mkdir()
    (world.root / ".trash").symlink_to(tmp_path / "aim")
    done = world.sygaldry("storage", "gc", "--apply", "--yes")
    assert done.returncode == 4
    assert list((tmp_path / "aim").iterdir()) == []
    assert made.exists()


@pytest.mark.parametrize("name", ["build_logs", "trash"])
def test_reserved_names_are_no_projects(world: World, name: str, tmp_path: Path) -> None:
    assert world.sygaldry("storage", "show", "--project-id", name).returncode == 2
    (tmp_path / name).mkdir()
    shown = json.loads(world.sygaldry("storage", "show", "--json", SYGALDRY_WORKSPACE=str(tmp_path / name)).stdout)
    assert shown["data"]["project"] == f"{name}-project"


def test_a_folder_of_the_same_name_does_not_inherit_a_missing_workspaces_storage(world: World, tmp_path: Path) -> None:
    """Whoever clones a repository under the name of a project that is not mounted must not get its home."""
    made = project(world, tmp_path / "work")
    (tmp_path / "work").rmdir()
    (tmp_path / "other" / "work").mkdir(parents=True)
    there = str(tmp_path / "other" / "work")
    shown = json.loads(world.sygaldry("storage", "show", "--json", SYGALDRY_WORKSPACE=there).stdout)
    assert shown["data"]["folder"] != str(made)
    assert world.sygaldry("storage", "adopt", "--project-id", "work", SYGALDRY_WORKSPACE=there).returncode == 0
    shown = json.loads(world.sygaldry("storage", "show", "--json", SYGALDRY_WORKSPACE=there).stdout)
    assert shown["data"]["folder"] == str(made)
