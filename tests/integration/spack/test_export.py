"""A Spack environment inside an exported image: it runs there without Spack, and without what only builds needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.docker.conftest import docker
from tests.integration.registry import registry

from .conftest import World

pytestmark = [pytest.mark.spack, pytest.mark.docker]


@pytest.fixture
def base() -> str:
    """Name the base that the tests of Docker have made."""
    facts = dict(line.partition("=")[::2] for line in Path("/etc/os-release").read_text().splitlines())
    name = f"sygaldry/base:{facts.get('VERSION_CODENAME', 'bookworm')}"
    if docker("image", "inspect", name).returncode != 0:
        pytest.skip(f"docker has no {name}; make it: sygaldry image base")
    return name


def export(world: World, *words: str) -> subprocess.CompletedProcess[str]:
    own = {"SYGALDRY_RUNTIME": "docker", "SYGALDRY_STORAGE_ROOT": str(world.folder / "storage")}
    argv = [sys.executable, "-m", "sygaldry", "image", "export", *words, "--environment", str(world.environment)]
    return subprocess.run(
        argv, env=world.variables | own, capture_output=True, text=True, timeout=1200, check=False, stdin=-3
    )


def test_an_environment_runs_from_the_registry_without_its_build_dependencies(world: World, base: str) -> None:
    target = world.folder / "oci"
    early = export(world, base, "--oci", str(target))
    assert early.returncode == 3, early
    assert "tiny is not built yet" in early.stderr
    assert not target.exists()

    assert world.run("build", str(world.environment)).code == 0
    with registry(world.folder / "registry") as address:
        name = f"{address}/team/tiny:1"
        done = export(world, base, "--oci", name, "--json")
        assert done.returncode == 0, done
        data = json.loads(done.stdout)["data"]
        assert docker("pull", "-q", name).returncode == 0
        try:
            inside = docker(
                "run", "--rm", "--network=none", name, "bash", "-c", "id -u; tiny-tool; ls -d $(dirname $0)"
            )
            installed = docker(
                "run", "--rm", name, "find", f"{world.store}/install", "-mindepth", "2", "-maxdepth", "2"
            )
            labels = docker("inspect", "--format", "{{json .Config.Labels}}", name).stdout
        finally:
            docker("rmi", "--force", name)
    assert inside.stdout.startswith("1000\n"), inside
    assert inside.returncode == 0, inside
    packages = {Path(each).name.rpartition("-")[0] for each in installed.stdout.split()}
    assert packages >= {"tiny-log-1.0", "tiny-math-1.0", "tiny-tool-1.0"}
    assert not {each for each in packages if each.startswith(("compiler-wrapper", "gmake", "cmake"))}, packages
    assert data["packages"] == len(packages)
    assert data["environment"] == "tiny"
    assert data["layers"] < 127
    assert "dev.sygaldry.kind" in labels
