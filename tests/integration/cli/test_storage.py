"""Looking after storage: what is shown, what may be removed, what never is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import World


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    return new_world()


def project(world: World, folder: Path) -> Path:
    folder.mkdir()
    assert world.sygaldry("storage", "init", "--workspace", str(folder)).returncode == 0
    return world.root / folder.name


def test_show_tells_folder_owner_and_disk(world: World, tmp_path: Path) -> None:
    made = project(world, tmp_path / "one")
    data = json.loads(world.sygaldry("storage", "show", "--workspace", str(tmp_path / "one"), "--json").stdout)["data"]
    assert (data["folder"], data["workspaces"], data["made"]) == (str(made), [str(tmp_path / "one")], True)
    assert 0 < data["free_bytes"] <= data["disk_bytes"]


def test_du_counts_what_is_there(world: World, tmp_path: Path) -> None:
    made = project(world, tmp_path / "one")
    (made / "hf_cache" / "big").write_bytes(b"x" * 2_000_000)
    data = json.loads(world.sygaldry("storage", "du", "--workspace", str(tmp_path / "one"), "--json").stdout)["data"]
    assert data["used_bytes"]["hf_cache"] >= 2_000_000
    assert next(iter(data["used_bytes"])) == "hf_cache", "the largest first"


def test_adopt_shares_a_project_on_purpose(world: World, tmp_path: Path) -> None:
    project(world, tmp_path / "one")
    (tmp_path / "two").mkdir()
    here = ("--workspace", str(tmp_path / "two"), "--project-id", "one")
    assert world.sygaldry("storage", "init", *here).returncode == 4
    assert world.sygaldry("storage", "adopt", *here).returncode == 0
    assert world.sygaldry("storage", "init", *here).returncode == 0


def test_adopting_nothing_is_told(world: World) -> None:
    done = world.sygaldry("storage", "adopt", "--project-id", "nobody")
    assert done.returncode == 3
    assert "project 'nobody' does not exist" in done.stderr


def test_the_fallback_root_is_used_and_told(world: World, tmp_path: Path) -> None:
    inert = tmp_path / "data"
    done = world.sygaldry("storage", "show", SYGALDRY_STORAGE_ROOT="", XDG_DATA_HOME=str(inert))
    # Root can make the promised folder; an ordinary user is told where it went instead.
    assert ("/mnt/data_infra/zephyr_container_infra/" in done.stdout) != ("this user cannot create" in done.stderr)
