"""Where an installed Sygaldry finds its workspace, and where it does not look."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT

_PROGRAM = "from sygaldry.host.settings import workspace_of; print(workspace_of(''))"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package without a checkout around it, as after an installation."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "copy" / "sygaldry"
    source.parent.mkdir()
    subprocess.run(["cp", "-r", str(CHECKOUT / "src" / "sygaldry"), str(source)], check=True)
    return source.parent


def search(installed: Path, folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_nearest_project_upwards_is_found(installed: Path, tmp_path: Path) -> None:
    deep = tmp_path / "project" / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "project" / ".git").mkdir()
    assert search(installed, deep, tmp_path / "home").stdout.strip() == str(tmp_path / "project")


def test_the_search_stops_at_the_home_folder(installed: Path, tmp_path: Path) -> None:
    deep = tmp_path / "home" / "a"
    deep.mkdir(parents=True)
    (tmp_path / "home" / "sygaldry.toml").write_text("")
    (tmp_path / ".git").mkdir()
    assert search(installed, deep, tmp_path / "home").stdout.strip() == str(deep)


@pytest.mark.parametrize("folder", ["/", "home", "."])
def test_the_root_the_home_folder_and_those_above_are_no_workspace(
    installed: Path, tmp_path: Path, folder: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    done = search(installed, tmp_path / folder, home)
    assert done.returncode != 0
    assert "the workspace would be" in done.stderr


def test_a_marker_of_another_user_does_not_count(installed: Path, tmp_path: Path) -> None:
    if os.getuid():
        pytest.skip("only root can give a file away")
    deep = tmp_path / "project"
    deep.mkdir()
    (tmp_path / "sygaldry.toml").write_text("")
    os.chown(tmp_path / "sygaldry.toml", 12345, 12345)
    assert search(installed, deep, tmp_path / "home").stdout.strip() == str(deep)


def test_the_search_stops_at_a_border_of_file_systems(installed: Path, tmp_path: Path) -> None:
    if os.getuid():
        pytest.skip("only root can mount")
    (tmp_path / ".git").mkdir()
    border = tmp_path / "border"
    border.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(border)], check=True)
    try:
        (border / "deep").mkdir()
        assert search(installed, border / "deep", tmp_path / "home").stdout.strip() == str(border / "deep")
    finally:
        subprocess.run(["umount", str(border)], check=True)
