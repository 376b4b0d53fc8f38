"""Where Sygaldry finds its workspace, installed and in a checkout, and where it does not look."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World

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


def from_checkout(world: World, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(CHECKOUT / "tools" / "sygaldry"), *words],
        cwd=folder,
        env=world.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_checkout_serves_a_project_that_init_prepared(sandbox: World, tmp_path: Path) -> None:
    project, plain = tmp_path / "fresh", tmp_path / "plain"
    for each in (project, plain):
        (each / "sub").mkdir(parents=True)
        (each / ".git").mkdir()
    started = from_checkout(sandbox, project, "init")
    tool = CHECKOUT / "tools" / "sygaldry"
    assert f"next: {tool} launch\n" in started.stderr
    for folder, workspace in ((project, project), (project / "sub", project), (plain, CHECKOUT), (CHECKOUT, CHECKOUT)):
        planned = from_checkout(sandbox, folder, "launch", "--runtime", "sandbox", "--dry-run", "--json", "--", "true")
        assert json.loads(planned.stdout)["data"]["workspace"] == str(workspace), folder
    shown = from_checkout(sandbox, project, "status")
    assert f"  {tool} launch " in shown.stdout
    assert "./container" not in shown.stdout


def test_the_fast_path_of_jobs_leaves_another_project_to_the_slow_one(sandbox: World, tmp_path: Path) -> None:
    project = tmp_path / "other"
    project.mkdir()
    (project / "sygaldry.toml").write_text("")

    def typed(folder: Path, *words: str) -> str:
        tool = str(CHECKOUT / "tools" / "zephyr_job")
        command = [tool, *words]
        done = subprocess.run(
            command, cwd=folder, env=sandbox.environment(), capture_output=True, text=True, check=True
        )
        return done.stdout

    for folder, text in ((CHECKOUT, "short"), (project, "longer")):
        typed(folder, "run", "--job", "same", "--quiet", "--", "echo", text)
        typed(folder, "wait", "--job", "same", "--timeout", "60")
    assert "log=6B" in typed(CHECKOUT, "status", "--job", "same")
    assert "log=7B" in typed(project, "status", "--job", "same")
