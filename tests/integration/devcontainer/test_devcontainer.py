"""The container of an editor is the container of a launch: with the real @devcontainers/cli, and its words checked."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World
from tests.integration.docker.conftest import docker

pytestmark = pytest.mark.docker


def content(path: Path) -> dict[str, object]:
    """Read the file without its comments, which are whole lines."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("//")]
    found: dict[str, object] = json.loads("\n".join(lines))
    return found


@pytest.fixture
def project(docker_world: World, tmp_path: Path) -> Iterator[World]:
    workspace = tmp_path / "editor"
    workspace.mkdir()
    yield World(docker_world.root, {**docker_world.variables, "SYGALDRY_WORKSPACE": str(workspace)})
    label = f"label=devcontainer.local_folder={workspace}"
    for name in docker("ps", "--all", "--quiet", "--filter", label).stdout.split():
        docker("rm", "--force", name)
    docker("rmi", f"sygaldry-devcontainer/editor:me-{os.getpid()}")


def test_the_file_has_everything_of_the_plan(project: World) -> None:
    workspace = Path(project.variables["SYGALDRY_WORKSPACE"])
    done = project.sygaldry("devcontainer", "--publish", "8888:8888", "--env", "A=b", "--memory", "1g")
    assert done.returncode == 0, done.stderr
    found = content(workspace / ".devcontainer" / "devcontainer.json")
    plan = json.loads(project.run("--dry-run", "--json", "--memory", "1g", "--", "true").stdout)["data"]
    mounts = [f"type=bind,source={source},target={target}" for source, target, _ in plan["mounts"][1:]]
    assert [str(each).removesuffix(",readonly") for each in found["mounts"]] == mounts  # type: ignore[attr-defined]
    assert found["image"] == plan["image"]
    assert found["forwardPorts"] == [8888]
    assert found["remoteUser"] == f"{os.getuid()}:{os.getgid()}"
    assert {"--cap-drop=ALL", "no-new-privileges", "--publish=127.0.0.1:8888:8888", "1g"} <= set(found["runArgs"])  # type: ignore[call-overload]
    assert found["containerEnv"]["A"] == "b"  # type: ignore[index]


@pytest.mark.parametrize("options", [(), ("--portable",)])
def test_the_real_tool_enters_the_container_of_a_launch(project: World, options: tuple[str, ...]) -> None:
    tool = os.environ.get("SYGALDRY_TEST_DEVCONTAINER", "") or shutil.which("devcontainer")
    if not tool:
        pytest.skip("no devcontainer here: npm install -g @devcontainers/cli, or set SYGALDRY_TEST_DEVCONTAINER")
    workspace = Path(project.variables["SYGALDRY_WORKSPACE"])
    assert project.sygaldry("devcontainer", *options).returncode == 0
    place = ("--workspace-folder", str(workspace))
    # A portable file calls the installed `sygaldry`, and links from the home of its reader.
    path = f"{CHECKOUT / 'tools'}:{os.environ['PATH']}"
    environment = project.environment(PATH=path, HOME=str(workspace.parent), USER=f"me-{os.getpid()}")
    run = {"env": environment, "capture_output": True, "text": True}
    up = subprocess.run([tool, "up", *place], check=False, **run)  # type: ignore[call-overload]
    assert json.loads(up.stdout.splitlines()[-1])["outcome"] == "success", up.stderr
    first = subprocess.run([tool, "exec", *place, "sh", "-c", "id -un; touch made ~/note"], check=False, **run)  # type: ignore[call-overload]
    assert first.stdout == "kvothe\n", first.stderr
    second = subprocess.run([tool, "exec", *place, "sh", "-c", "ls ~/note; exit 7"], check=False, **run)  # type: ignore[call-overload]
    assert (second.stdout, second.returncode) == ("/home/kvothe/note\n", 7)
    assert (workspace / "made").stat().st_uid == os.getuid()
    assert project.run("-q", "--", "ls", "/home/kvothe/note").returncode == 0, "the home is the launch's"


def test_the_shipped_file_is_the_portable_one_of_the_defaults() -> None:
    shipped = content(CHECKOUT / ".devcontainer" / "devcontainer.json")
    assert shipped["image"] == "sygaldry-devcontainer/sygaldry:${localEnv:USER:user}"
    assert "remoteUser" not in shipped, "the image has the caller's ids"
    protected = {f"target=/workspace/{name}" for name in ("tools", "container", "locks", "src/sygaldry", ".venv")}
    read_only = [str(each).split(",") for each in shipped["mounts"] if str(each).endswith(",readonly")]  # type: ignore[attr-defined]
    assert protected <= {part for parts in read_only for part in parts}
    assert not any("source=/" in str(each) for each in shipped["mounts"])  # type: ignore[attr-defined]
    assert "SYGALDRY_GPU_VERDICT" not in str(shipped["containerEnv"])
    build, _, prepare = str(shipped["initializeCommand"]).partition(" && ")
    assert prepare.startswith("tools/sygaldry devcontainer --prepare --portable")
    assert all(each.endswith(" --image sygaldry/zephyr:base") for each in (build, prepare)), "not the caller's variable"
