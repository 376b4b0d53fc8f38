"""A project's own devcontainer.json with a real Docker: its image, its Dockerfile, its ports and postCreateCommand."""

import contextlib
import json
import os
import pty
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import LAUNCHER, World
from tests.integration.docker.conftest import IMAGE, docker

pytestmark = pytest.mark.docker


@pytest.fixture
def project(docker_world: World, tmp_path: Path) -> Iterator[World]:
    """Give a project whose image only its devcontainer.json names."""
    workspace = tmp_path / "app"
    (workspace / ".devcontainer").mkdir(parents=True)
    variables = {name: text for name, text in docker_world.variables.items() if name != "SYGALDRY_IMAGE"}
    world = World(docker_world.root, {**variables, "SYGALDRY_WORKSPACE": str(workspace), "SYGALDRY_TRUST": "true"})
    yield world
    for name in docker(
        "images", "--format", "{{.Repository}}", "--filter", "label=dev.sygaldry.devcontainer"
    ).stdout.split():
        if name == image_of(world):
            docker("rmi", "--force", name)


def write(world: World, table: object) -> Path:
    folder = Path(world.variables["SYGALDRY_WORKSPACE"], ".devcontainer")
    (folder / "devcontainer.json").write_text(json.dumps(table))
    return folder


def image_of(world: World) -> str:
    """Return the image that a launch would use, without its tag."""
    return world.sygaldry("config", "show", "image").stdout.strip().rpartition(":")[0]


def test_its_dockerfile_is_built_once_and_anew_when_it_changes(project: World) -> None:
    build = {"dockerfile": "Dockerfile", "args": {"WHO": "${localWorkspaceFolderBasename}"}}
    folder = write(project, {"build": build, "containerUser": "node", "postCreateCommand": "cat /etc/who >made"})
    base = project.variables["SYGALDRY_BASE_IMAGE"]
    (folder / "note").write_text("one\n")
    (folder / "Dockerfile").write_text(f"FROM {base}\nARG WHO\nRUN echo $WHO >/etc/who\nCOPY note /etc/note\n")
    planned = project.run("--dry-run", "--", "true")
    assert "docker build" in planned.stdout
    first = project.run("--", "cat", "/etc/note", "made")
    assert first.stdout == "one\napp\n", first.stderr
    assert f"image: building {image_of(project)}" in first.stderr
    assert "image: building" not in project.run("--", "true").stderr
    assert (folder.parent / "made").stat().st_uid == os.getuid()
    replaced = docker("images", "--quiet", "--no-trunc", image_of(project)).stdout.strip()
    (folder / "note").write_text("two\n")
    changed = project.run("--", "cat", "/etc/note")
    assert changed.stdout == "two\n", changed.stderr
    names = docker("images", "--quiet", "--no-trunc").stdout.split()
    assert replaced not in names, "the image that was replaced is removed"


def test_a_build_that_fails_reports_the_cause(project: World) -> None:
    folder = write(project, {"build": {"dockerfile": "Dockerfile"}})
    missing = project.run("--", "true")
    assert missing.returncode == 125
    assert "Dockerfile, which does not exist" in missing.stderr
    (folder / "Dockerfile").write_text(
        f"FROM {project.variables['SYGALDRY_BASE_IMAGE']}\nRUN echo broken >&2; exit 7\n"
    )
    failed = project.run("--", "true")
    assert failed.returncode == 125
    assert "could not be built" in failed.stderr
    assert "the whole log: " in failed.stderr


def test_its_image_and_ports_are_used_and_a_port_in_use_is_left_out(project: World) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        write(project, {"image": IMAGE, "forwardPorts": [port]})
        planned = project.run("--dry-run", "--", "true")
    assert IMAGE in planned.stdout
    assert "--publish" not in planned.stdout
    assert f"port {port} of this machine is in use" in planned.stderr
    assert f"--publish=127.0.0.1:{port}:{port} " in project.run("--dry-run", "--", "true").stdout


def test_a_build_draws_a_bar_at_a_terminal_alone(project: World) -> None:
    folder = write(project, {"build": {"dockerfile": "Dockerfile"}})
    base = project.variables["SYGALDRY_BASE_IMAGE"]
    (folder / "Dockerfile").write_text(f"FROM {base}\nRUN sleep 6; echo {os.getpid()} >/etc/one\n")
    ours, theirs = pty.openpty()
    environment = project.environment(TERM="xterm")
    words = [str(LAUNCHER), "--", "true"]
    with subprocess.Popen(words, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as launched:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the terminal is closed with its last user
            while part := os.read(ours, 65536):
                shown += part
        assert launched.wait(timeout=60) == 0
    os.close(ours)
    # The legacy builder counts the label as a step of its own.
    assert re.search(rb"\] 1/[23] image: building \(0:\d\d\): RUN sleep", shown), shown
    assert b"\r\x1b[K" in shown
    (folder / "Dockerfile").write_text(f"FROM {base}\nRUN sleep 2; echo {os.getpid()} >/etc/two\n")
    assert "\x1b" not in project.run("--", "true").stderr


def test_run_arguments_reach_the_engine_and_only_with_consent(project: World) -> None:
    table = {
        "image": IMAGE,
        "runArgs": ["--hostname=dev", "--ulimit", "nofile=77:77", "--memory", "512MB"],
        "mounts": ["source=deps,target=/deps", "type=tmpfs,target=/scratch"],
    }
    write(project, table)
    careful = World(project.root, {**project.variables, "SYGALDRY_TRUST": "false"})
    refused = careful.run("--", "true")
    assert refused.returncode == 125
    assert "asks for image, runArgs" in refused.stderr
    script = "hostname; ulimit -n; stat -f -c %T /scratch; touch /deps/file; cat /sys/fs/cgroup/memory.max"
    done = project.run("--", "sh", "-c", script)
    name, files, scratch, *memory = done.stdout.split()
    assert (name, files, scratch) == ("dev", "77", "tmpfs"), done.stderr
    assert memory in ([str(512 * 2**20)], []), "no value where the kernel has the first version of control groups"
    assert project.run("-q", "--", "ls", "/deps").stdout == "file\n"
    volume = next(project.root.glob("*/.sygaldry/volumes/deps"))
    assert (volume / "file").stat().st_uid == os.getuid()


def test_an_argument_that_would_become_another_image_is_refused(project: World) -> None:
    for words in (["evil:latest"], ["--label"], ["--init", "evil:latest"], ["--", "evil"]):
        write(project, {"image": IMAGE, "runArgs": words})
        refused = project.run("--dry-run", "--", "true")
        assert refused.returncode == 125
        assert "'runArgs'" in refused.stderr
        assert "Traceback" not in refused.stderr
