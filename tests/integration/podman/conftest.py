"""The real podman with one image for all tests; skipped, with the reason, where there is none."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.integration.conftest import World

IMAGE = "sygaldry/test:podman"
# Podman's own limits need CAP_SYS_RESOURCE, which a container's root lacks, and crun refuses hybrid cgroups.
CONTAINERS_CONF = """[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


def ask(variables: Mapping[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """Run podman, or another engine's client, to its end."""
    environment = {**os.environ, **variables}
    return subprocess.run(words, capture_output=True, text=True, env=environment, timeout=300, check=False)


@pytest.fixture(scope="session")
def podman_engine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the settings of a podman that works, with a base that has bash and python3."""
    if missing := [each for each in ("podman", "runc", "catatonit") if not shutil.which(each)]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("podman")
    variables = {"CONTAINERS_CONF": str(folder / "containers.conf")}
    Path(variables["CONTAINERS_CONF"]).write_text(CONTAINERS_CONF)
    done = ask(variables, "podman", "info")
    if done.returncode != 0:
        pytest.skip(f"podman does not work here: {done.stderr.strip()[-200:]}")
    base = _base(folder, variables)
    return {**variables, "SYGALDRY_RUNTIME": "podman", "SYGALDRY_BASE_IMAGE": base, "SYGALDRY_SHM_SIZE": "64m"}


@pytest.fixture(scope="session")
def podman_settings(podman_engine: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Add an image, made once a session."""
    settings = {**podman_engine, "SYGALDRY_TOOLCHAINS": "none", "SYGALDRY_IMAGE": IMAGE}
    built = World(tmp_path_factory.mktemp("podman") / "storage", settings).sygaldry("image", "build")
    assert built.returncode == 0, built.stderr
    return settings


@pytest.fixture
def podman(podman_settings: dict[str, str], new_world: Callable[..., World]) -> World:
    """Give a world whose runtime is podman and whose image is fresh."""
    return new_world(**podman_settings)


def _base(folder: Path, variables: Mapping[str, str]) -> str:
    """Take the base that docker already has, which saves a minute, or make one from the Debian mirror."""
    facts = dict(line.partition("=")[::2] for line in Path("/etc/os-release").read_text().splitlines())
    base = f"sygaldry/base:{facts.get('VERSION_CODENAME', 'bookworm')}"
    if ask(variables, "podman", "image", "inspect", base).returncode == 0:
        return base
    archive = folder / "base.tar"
    if shutil.which("docker") and ask({}, "docker", "save", "--output", str(archive), base).returncode == 0:
        loaded = ask(variables, "podman", "load", "--quiet", "--input", str(archive))
        archive.unlink()
        if loaded.returncode == 0:
            return base
    made = World(folder / "storage", {**variables, "SYGALDRY_RUNTIME": "podman"}).sygaldry("image", "base")
    if made.returncode != 0:
        pytest.skip(f"no base image can be made here: {made.stderr}")
    return base
