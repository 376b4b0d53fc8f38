"""`env build --executor slurm`: a job a package, with a stand-in for Spack and a part of a real lock."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, SYGALDRY
from tests.rig.slurm import Cluster

from . import _stand_in_spack

_ROOT = "readline"


@dataclass(frozen=True)
class BuildWorld:
    """An environment with a lock, an empty store and a stand-in for Spack."""

    folder: Path
    cluster: Cluster

    @property
    def variables(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("SYGALDRY_")}
        return {
            **kept,
            **self.cluster.environment,
            "SYGALDRY_TEST_WORLD": str(self.folder),
            "SYGALDRY_STORAGE_ROOT": str(self.folder / "storage"),
            "SYGALDRY_TRUST": "1",
            "SYGALDRY_WORKSPACE": str(self.folder),
            "SYGALDRY_SPACK_ROOT": str(self.folder / "spack"),
            "SYGALDRY_SPACK_RECIPES": str(self.folder),
            "SYGALDRY_SPACK_STORE": str(self.folder / "store"),
            "SYGALDRY_SHARED_DELAY": "1",
            "SYGALDRY_CPUS": "4",  # a whole node
        }

    @property
    def words(self) -> list[str]:
        build = ("build", str(self.folder / "tiny"), "--executor", "slurm", "--nodes", "3", "--anyway")
        unknown = [word for name in ("gcc", "glibc") for word in ("--accept-unknown", name)]
        return [str(SYGALDRY), "env", *build, *unknown]

    def start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.words, env=self.variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def build(self) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self.words, env=self.variables, capture_output=True, text=True, timeout=200, check=False)

    def begun(self) -> list[list[str]]:
        """Return each start of a package: its name, its node, and how many of its dependencies were absent."""
        path = self.folder / "begun"
        return [line.split(" ") for line in path.read_text().splitlines()] if path.exists() else []

    def installed(self) -> set[str]:
        lock = json.loads((self.folder / "tiny" / "spack.lock").read_text())["concrete_specs"]
        return {lock[key]["name"] for key in _stand_in_spack.installs(self.folder)}

    def mark(self, kind: str, name: str) -> Path:
        path = self.folder / kind / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        return path


@pytest.fixture
def build_world(slurm: Cluster, tmp_path: Path) -> Iterator[BuildWorld]:
    spack = tmp_path / "spack"
    (spack / "lib" / "spack" / "spack").mkdir(parents=True)
    (spack / "lib" / "spack" / "spack" / "__init__.py").write_text('__version__ = "1.1.0"\n')
    (spack / "etc" / "spack").mkdir(parents=True)
    (spack / "etc" / "spack" / "repos.yaml").write_text("repos:: {}\n")
    (spack / "bin").mkdir()
    program = f'#!/bin/sh\nexec {sys.executable} {_stand_in_spack.__file__} "$@"\n'
    (spack / "bin" / "spack").write_text(program)
    (spack / "bin" / "spack").chmod(0o755)
    (tmp_path / "tiny").mkdir()
    (tmp_path / "store").mkdir()
    lock = json.loads((CHECKOUT / "pkg" / "zephyr" / "spack.lock").read_text())
    specs = lock["concrete_specs"]
    roots = [{"hash": key, "spec": _ROOT} for key, each in specs.items() if each["name"] == _ROOT]
    left, kept = [each["hash"] for each in roots], {}
    while left:
        key = left.pop()
        kept[key] = lock["concrete_specs"][key]
        left += [each["hash"] for each in kept[key].get("dependencies", ()) if each["hash"] not in kept]
    (tmp_path / "tiny" / "spack.lock").write_text(json.dumps(lock | {"roots": roots, "concrete_specs": kept}))
    tree = tmp_path / "store" / "install"
    source = f"spack:\n  specs: [{_ROOT}]\n  view: false\n  config:\n    install_tree: {{root: {tree}}}\n"
    (tmp_path / "tiny" / "spack_src.yaml").write_text(source)
    yield BuildWorld(tmp_path, slurm)
    slurm.run("scancel", "--user", str(os.getuid()))


def test_the_nodes_share_a_build_and_each_package_begins_once_after_what_it_needs(build_world: BuildWorld) -> None:
    held = build_world.mark("pause", "compiler-wrapper")
    build = build_world.start()
    build_world.cluster.wait(lambda: len(build_world.begun()) > 1, "a second package")
    held.unlink()
    printed, _ = build.communicate(timeout=200)
    assert build.returncode == 0, printed
    begun = build_world.begun()
    assert set(Counter(name for name, _, _ in begun).values()) == {1}
    assert {absent for _, _, absent in begun} == {"0"}
    assert len({node for _, node, _ in begun}) > 1
    assert _ROOT in build_world.installed()
    again = build_world.build()
    assert again.returncode == 0, again.stderr
    assert len(build_world.begun()) == len(begun)


def test_a_package_that_fails_stops_what_needs_it_only(build_world: BuildWorld) -> None:
    build_world.mark("fail", "ncurses")
    done = build_world.build()
    assert done.returncode == 1, done.stderr + done.stdout
    assert "failed: ncurses" in done.stdout
    assert "ncurses does not compile" in done.stdout
    whole = {name for name, _, _ in build_world.begun()}
    assert whole - build_world.installed() == {"ncurses"}
    assert _ROOT not in whole


def test_a_coordinator_that_is_killed_has_a_successor_that_takes_over_its_jobs(build_world: BuildWorld) -> None:
    held = build_world.mark("pause", "gmake")
    first = build_world.start()
    build_world.cluster.wait(lambda: any(name == "gmake" for name, _, _ in build_world.begun()), "a first package")
    first.send_signal(signal.SIGKILL)
    first.communicate()
    words = (str(SYGALDRY), "env", "status", str(build_world.folder / "tiny"))
    status = subprocess.run(words, env=build_world.variables, capture_output=True, text=True, check=False)
    assert "being built" in status.stdout, status.stdout + status.stderr
    assert "gmake" in status.stdout
    second = build_world.start()
    held.unlink()
    printed, _ = second.communicate(timeout=200)
    assert second.returncode == 0, printed
    assert set(Counter(name for name, _, _ in build_world.begun()).values()) == {1}


def test_a_nodes_death_costs_its_package_which_is_built_elsewhere(build_world: BuildWorld) -> None:
    held = build_world.mark("pause", "gmake")
    build = build_world.start()
    build_world.cluster.wait(lambda: any(name == "gmake" for name, _, _ in build_world.begun()), "a first package")
    node = next(node for name, node, _ in build_world.begun() if name == "gmake")
    build_world.cluster.kill(node)
    held.unlink()
    try:
        printed, _ = build.communicate(timeout=200)
        assert build.returncode == 0, printed
        assert "its job ended as NODE_FAIL" in printed
        starts = [where for name, where, _ in build_world.begun() if name == "gmake"]
        assert len(starts) == 2
        assert starts[1] != node
        counted = Counter(name for name, where, _ in build_world.begun() if where != node)
        assert set(counted.values()) == {1}
    finally:
        build_world.cluster.start_node(node)
        build_world.cluster.idle_again()
