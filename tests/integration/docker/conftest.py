"""The real Docker: skipped, with the reason, where there is no engine or no base for its images."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pytest
from tests.integration.conftest import LAUNCHER, World

BASE = "sygaldry/base"
IMAGE = "sygaldry/test:docker"
NOBODY = 65534
_CLIENTS = ("/usr/bin/docker", "/usr/local/bin/docker")


def docker(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run the engine's client."""
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=300)


def with_buildkit() -> str:
    """Return the folder of a client that has BuildKit: in it until version 22, by a plugin afterwards."""
    for client in _CLIENTS:
        if not os.access(client, os.X_OK):
            continue
        version = subprocess.run(
            [client, "version", "--format", "{{.Client.Version}}"], capture_output=True, text=True, check=False
        )
        plugin = subprocess.run([client, "buildx", "version"], capture_output=True, text=True, check=False)
        if plugin.returncode == 0 or int(version.stdout.partition(".")[0] or 99) < 23:
            return str(Path(client).parent)
    pytest.skip("no client of docker here has BuildKit")


@dataclass(frozen=True)
class Engine:
    """A running engine and a base image in it."""

    base: str

    def identity(self, image: str) -> str:
        """Return an image's id, empty if there is none."""
        return docker("image", "inspect", "--format", "{{.Id}}", image).stdout.strip()


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Find the engine, and make its base from the Debian mirror unless an earlier session has."""
    world = World(tmp_path_factory.mktemp("engine"), {"SYGALDRY_RUNTIME": "docker"})
    found = json.loads(world.sygaldry("runtimes", "--json").stdout)["data"]["runtimes"]["docker"]
    if not found["works"]:
        pytest.skip(f"no docker here: {found['reason']}")
    facts = dict(line.partition("=")[::2] for line in Path("/etc/os-release").read_text().splitlines())
    base = f"{BASE}:{facts.get('VERSION_CODENAME', 'bookworm')}"
    if docker("image", "inspect", base).returncode != 0:
        made = world.sygaldry("image", "base")
        if made.returncode != 0:
            pytest.skip(f"no base image can be made here: {made.stderr}")
    return Engine(base)


@pytest.fixture
def docker_world(engine: Engine, new_world: Callable[..., World]) -> World:
    """Give a world whose runtime is docker, over an image without toolchains that the tests share."""
    return new_world(
        SYGALDRY_RUNTIME="docker",
        SYGALDRY_BASE_IMAGE=engine.base,
        SYGALDRY_TOOLCHAINS="none",
        SYGALDRY_IMAGE=IMAGE,
        SYGALDRY_SHM_SIZE="64m",
    )


@pytest.fixture
def own_image(docker_world: World, tmp_path: Path) -> Iterator[World]:
    """Give a world with an image of its own, absent at first and gone afterwards."""
    # Several sessions may share one engine.
    name = f"sygaldry/test-{os.getpid()}-{tmp_path.name.lower().strip('_-')}"[:110] + ":1"
    world = World(docker_world.root, {**docker_world.variables, "SYGALDRY_IMAGE": name})
    yield world
    docker("rmi", "--force", name)


@pytest.fixture(scope="session")
def nobodys_home() -> Iterator[Path]:
    """Make a home for an ordinary user, whose Python environment is set up there once.

    Not under pytest's own folder, which every other session of root's pytest closes to other users again.
    """
    if os.getuid() != 0:
        pytest.skip("becoming another user needs root")
    home = Path(mkdtemp(prefix="sygaldry-nobody-"))
    os.chown(home, NOBODY, NOBODY)
    yield home
    rmtree(home, ignore_errors=True)


def as_nobody(world: World, home: Path, group: int, *words: str) -> "subprocess.CompletedProcess[str]":
    """Launch as an ordinary user who is in one group besides his own."""
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", f"--groups={group}"]
    environment = world.environment(
        HOME=str(home), SYGALDRY_STORAGE_ROOT=str(home / "storage"), SYGALDRY_PYTHON="/usr/bin/python3"
    )
    return subprocess.run(
        [*user, str(LAUNCHER), *words], capture_output=True, text=True, env=environment, check=False, cwd="/"
    )
