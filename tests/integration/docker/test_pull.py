"""An image under a name that is not ours is pulled from a real registry, with and without a password."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import Engine, docker
from tests.integration.registry import registry

pytestmark = pytest.mark.docker


def push(engine: Engine, name: str, folder: Path, *lines: str, base: str = "") -> str:
    """Push an image that no engine keeps; returns its digest."""
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text("\n".join((f"FROM {base or engine.base}", *lines)) + "\n")
    environment = {"DOCKER_BUILDKIT": "0", "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    words = ["docker", "build", "--quiet", "--tag", name, str(folder)]
    subprocess.run(words, capture_output=True, env=environment, check=True, timeout=120)
    pushed = docker("push", name)
    assert pushed.returncode == 0, pushed.stderr
    digest = docker("inspect", "--format", "{{index .RepoDigests 0}}", name).stdout.strip()
    docker("rmi", name)
    return digest


@pytest.fixture
def world(engine: Engine, new_world: Callable[..., World]) -> World:
    return new_world(SYGALDRY_RUNTIME="docker", SYGALDRY_BASE_IMAGE=engine.base, SYGALDRY_SHM_SIZE="64m")


def test_a_teams_image_is_pulled_by_tag_and_by_digest(world: World, engine: Engine, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address:
        name = f"{address}/team/dev:1"
        digest = push(engine, name, tmp_path / "image", "RUN echo team > /etc/team")
        dry = world.run("--dry-run", "--", "true", SYGALDRY_IMAGE=name)
        assert dry.stdout.startswith(f"docker pull {name} && "), dry.stderr
        first = world.run("--", "cat", "/etc/team", SYGALDRY_IMAGE=name)
        assert (first.stdout, first.returncode) == ("team\n", 0), first.stderr
        assert f"pulling {name} with docker" in first.stderr
        assert "building" not in first.stderr
        again = world.run("--", "cat", "/etc/team", SYGALDRY_IMAGE=name)
        assert "image:" not in again.stderr
        docker("rmi", name)
        assert world.run("-q", "--", "cat", "/etc/team", SYGALDRY_IMAGE=digest).stdout == "team\n"
        docker("rmi", digest)
        missing = world.run("-q", "--", "true", SYGALDRY_IMAGE=f"{address}/team/missing:1")
        assert missing.returncode == 125
        assert "the registry has no such image" in missing.stderr
        assert "--build" in missing.stderr
        auto = world.run("-q", "--", "true", SYGALDRY_IMAGE=f"{address}/team/missing:1", SYGALDRY_RUNTIME="auto")
        assert auto.returncode == 125, "a named image is never replaced by the host's toolchain"


def test_a_job_records_the_digest_and_notices_a_tag_that_moved(world: World, engine: Engine, tmp_path: Path) -> None:
    def show() -> dict[str, str]:
        shown: dict[str, str] = json.loads(world.sygaldry("job", "show", "j", "--json").stdout)["data"]
        return shown

    with registry(tmp_path / "registry") as address:
        name = f"{address}/team/moving:1"
        runs = []
        for content in ("first", "second"):
            digest = push(engine, name, tmp_path / content, f"RUN echo {content} > /etc/team")
            world.sygaldry("job", "run", "--job", "j", "--", "true", SYGALDRY_IMAGE=name)
            waited = world.sygaldry("job", "wait", "j", "--timeout", "120")
            assert waited.returncode == 0, waited.stdout + waited.stderr
            runs.append(show())
            assert runs[-1]["image_digest"] == digest
            docker("rmi", "--force", name)  # its container may not be gone yet
    first, second = runs
    assert first["image_moved"] == ""
    assert second["image_moved"] == f"run {first['run']} used {first['image_id']}"


def test_a_tag_that_moved_between_two_launches_is_reported(world: World, engine: Engine) -> None:
    name, other = (f"strangers/{each}-{os.getpid()}:1" for each in ("moved", "other"))
    build = ["docker", "build", "--quiet", "--tag", other, "-"]
    subprocess.run(build, input=f"FROM {engine.base}\nLABEL x=y\n", capture_output=True, text=True, check=True)
    try:
        noticed = []
        for source in (engine.base, engine.base, other, other, engine.base):
            docker("tag", source, name)
            done = world.run("--", "echo", "ok", SYGALDRY_IMAGE=name)
            assert done.stdout == "ok\n", done.stderr
            noticed.append("is another image than in the last launch" in done.stderr)
        assert noticed == [False, False, True, False, True]
    finally:
        docker("rmi", name, other)


def test_a_password_is_the_engines_and_a_wrong_one_is_named(world: World, engine: Engine, tmp_path: Path) -> None:
    if not shutil.which("htpasswd"):
        pytest.skip("htpasswd is not installed")
    config = str(tmp_path / "docker")
    with registry(tmp_path / "registry", password="geheim") as address:
        name = f"{address}/team/secret:1"
        login = ["docker", "--config", config, "login", "-u", "me", "--password-stdin", address]
        subprocess.run(login, input=b"geheim", capture_output=True, check=True)
        docker("tag", engine.base, name)
        pushed = docker("--config", config, "push", name)
        assert pushed.returncode == 0, pushed.stderr
        docker("rmi", name)
        refused = world.run("-q", "--", "true", SYGALDRY_IMAGE=name, DOCKER_CONFIG=str(tmp_path / "none"))
        assert refused.returncode == 125
        assert f"docker login {address}" in refused.stderr
        done = world.run("-q", "--", "echo", "ok", SYGALDRY_IMAGE=name, DOCKER_CONFIG=config)
        assert (done.stdout, done.returncode) == ("ok\n", 0), done.stderr
        assert "geheim" not in done.stderr + "".join(each.read_text() for each in world.root.rglob("*.log"))
        docker("rmi", name)


def test_an_image_without_bash_or_python_is_reported_before_the_launch(
    world: World, engine: Engine, tmp_path: Path
) -> None:
    with registry(tmp_path / "registry") as address:
        bare, no_python = f"{address}/bare:1", f"{address}/plain:1"
        push(engine, bare, tmp_path / "bare", "RUN rm /bin/bash")
        push(engine, no_python, tmp_path / "plain", "RUN rm /usr/bin/python3")
        done = world.run("-q", "--", "true", SYGALDRY_IMAGE=bare)
        assert done.returncode == 125
        assert "has no bash" in done.stderr
        warned = world.run("-q", "--", "echo", "ok", SYGALDRY_IMAGE=no_python)
        assert warned.stdout == "ok\n"
        assert "has no python3" in warned.stderr
        world.sygaldry("job", "run", "--job", "j", "--", "true", SYGALDRY_IMAGE=no_python)
        waited = world.sygaldry("job", "wait", "j", "--timeout", "60", SYGALDRY_IMAGE=no_python)
        assert waited.returncode == 1
        assert "has no python3" in world.sygaldry("job", "status", "j", "--json").stdout + waited.stdout
        docker("rmi", bare, no_python)


def test_an_image_of_another_architecture_is_refused(world: World, engine: Engine, tmp_path: Path) -> None:
    name = "strangers/foreign-architecture:1"
    archive = tmp_path / "image.tar"
    docker("save", "--output", str(archive), engine.base)
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    subprocess.run(["tar", "-C", str(unpacked), "-xf", str(archive)], check=True)
    manifest = json.loads((unpacked / "manifest.json").read_text())
    config = unpacked / manifest[0]["Config"]
    facts = json.loads(config.read_text())
    config.write_text(json.dumps({**facts, "architecture": "s390x"}))
    manifest[0]["RepoTags"] = [name]
    (unpacked / "manifest.json").write_text(json.dumps(manifest))
    subprocess.run(["tar", "-C", str(unpacked), "-cf", str(archive), "."], check=True)
    docker("load", "--input", str(archive))
    done = world.run("-q", "--", "true", SYGALDRY_IMAGE=name)
    docker("rmi", name)
    assert done.returncode == 125
    assert "is for s390x, this machine is" in done.stderr


def test_a_registry_that_hangs_is_bounded(tmp_path: Path) -> None:
    from sygaldry.flows.image.pull import pull_image
    from sygaldry.flows.image.state import PullError
    from sygaldry.flows.runtime.images import Engine as AnEngine

    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        name = f"127.0.0.1:{silent.getsockname()[1]}/team/dev:1"
        began = time.monotonic()
        with pytest.raises(PullError, match="does not answer"):
            pull_image(AnEngine("docker"), name, str(tmp_path / "root"), lambda _: None, silent_s=3)
        assert time.monotonic() - began < 30
