"""An exported image imports numpy from its Spack environment, as an ordinary user and without Spack.

numpy comes as its wheel, by a recipe of the test: compiling it takes seven minutes, which the rehearsal spends.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.docker.conftest import docker
from tests.integration.registry import registry

from sygaldry.host.programs import python_with_pip

from .conftest import World, end_processes_in
from .test_export import export

pytestmark = [pytest.mark.spack, pytest.mark.docker]

_BASE = "sygaldry/base:bookworm"
_RECIPE = """\
import os
import zipfile

from spack.package import *


class PyTinyNumpy(Package):
    url = "file://{wheel}"
    version("{version}", sha256="{sha256}", expand=False)
    extends("python")

    def install(self, spec, prefix):
        with zipfile.ZipFile(self.stage.archive_file) as wheel:
            wheel.extractall(os.path.join(prefix, "lib", "python3.11", "site-packages"))
"""


@pytest.fixture
def numpy_world(given: World, tmp_path: Path) -> Iterator[World]:
    """Give an environment with numpy's wheel for Debian 12's Python, which the base has, too."""
    if docker("image", "inspect", _BASE).returncode != 0:
        pytest.skip(f"docker has no {_BASE}; make it: sygaldry image base bookworm")
    world = replace(given, folder=tmp_path)
    (world.store / "cache").mkdir(parents=True)
    world.bring_index()
    folder = world.folder / "wheel"
    options = ("--no-deps", "--only-binary", ":all:", "--python-version", "3.11", "--dest", str(folder))
    got = subprocess.run([python_with_pip(), "-m", "pip", "download", "-q", *options, "numpy"], check=False)
    if got.returncode:
        pytest.skip("no package index can be reached")
    (wheel,) = folder.iterdir()
    facts = {
        "wheel": wheel,
        "version": wheel.name.split("-")[1],
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
    }
    repository = world.folder / "spack_repo" / "wheels"
    (repository / "packages" / "py_tiny_numpy").mkdir(parents=True)
    (repository / "repo.yaml").write_text("repo:\n  namespace: wheels\n  api: v2.0\n")
    (repository / "packages" / "py_tiny_numpy" / "package.py").write_text(_RECIPE.format(**facts))
    world.write_manifest(("py-tiny-numpy",))
    source = world.environment / "spack_src.yaml"
    text = source.read_text().replace("  repos:\n", f"  repos:\n    wheels: {repository}\n", 1)
    python = "    python:\n      externals: [{spec: python@3.11.2, prefix: /usr}]\n      buildable: false\n"
    source.write_text(text.replace("    gcc:\n", f"{python}    gcc:\n", 1))
    yield world
    end_processes_in(tmp_path)


def test_an_exported_image_imports_numpy(numpy_world: World) -> None:
    world = numpy_world
    for verb in ("lock", "build"):
        done = world.run(verb, str(world.environment))
        assert done.code == 0, done.err
    with registry(world.folder / "registry") as address:
        name = f"{address}/team/numpy:1"
        exported = export(world, _BASE, "--oci", name)
        assert exported.returncode == 0, exported.stderr
        assert docker("pull", "-q", name).returncode == 0
        try:
            program = "import numpy; print(numpy.__file__, numpy.linalg.det(numpy.eye(3)))"
            inside = docker("run", "--rm", "--network=none", name, "python3", "-c", program)
        finally:
            docker("rmi", "--force", name)
    assert inside.returncode == 0, inside.stderr
    assert inside.stdout.startswith(f"{world.store}/"), inside.stdout
    assert inside.stdout.endswith(" 1.0\n")
