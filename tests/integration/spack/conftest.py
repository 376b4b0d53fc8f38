"""A world with the real Spack: given by SYGALDRY_TEST_SPACK, configured as in the image, never touching a network."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
REPOSITORY = ROOT / "tests" / "data" / "spack_repo"
ALL = ("tiny-tool", "tiny-slow", "tiny-app", "tiny-missing")


@dataclass(frozen=True)
class Done:
    """What a command answered."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class World:
    """A Spack, a store and an environment; `run` is the command line as users type it."""

    folder: Path
    spack: Path
    recipes: Path
    python: Path
    sources: Path
    seed: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def environment(self) -> Path:
        return self.folder / "tiny"

    @property
    def variables(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "PATH": f"{self.python.parent}:{kept['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "SPACK_PYTHON": str(self.python),
            "SYGALDRY_TRUST": "1",
            "SYGALDRY_SPACK_ROOT": str(self.spack),
            "SYGALDRY_SPACK_RECIPES": str(self.recipes),
            "SYGALDRY_SPACK_STORE": str(self.store),
            "SYGALDRY_WORKSPACE": str(self.folder),
            "SYGALDRY_TEST_SOURCES": str(self.sources),
            **self.extra,
        }

    @property
    def spack_variables(self) -> dict[str, str]:
        """What Spack needs when it is run without Sygaldry."""
        return {
            "SPACK_DISABLE_LOCAL_CONFIG": "1",
            "SPACK_USER_CACHE_PATH": f"{self.store}/cache/user",
            "SPACK_GNUPGHOME": f"{self.store}/gpg",
            "PYTHONUNBUFFERED": "1",
        }

    @property
    def argv(self) -> list[str]:
        return [sys.executable, "-m", "sygaldry", "env"]

    def run(self, *words: str, timeout_s: float = 1200, **variables: str) -> Done:
        """Run `sygaldry env WORDS`."""
        done = subprocess.run(
            [*self.argv, *words],
            env=self.variables | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def data(self, *words: str) -> Any:
        """Run with --json and return the data."""
        done = self.run(*words, "--json")
        try:
            return json.loads(done.out)["data"]
        except ValueError:
            raise AssertionError(done) from None

    def bring_index(self) -> None:
        """Lay the index of recipes into the store, where one was given: it takes a minute to make."""
        if self.seed.is_dir():
            shutil.copytree(self.seed, self.store / "cache" / "misc")

    def write_manifest(self, specs: tuple[str, ...] = ALL, mirrors: str = "mirrors:: {}") -> None:
        """Write spack_src.yaml for this machine's own compiler, cmake and make."""
        self.environment.mkdir(exist_ok=True)
        (self.environment / "spack_src.yaml").write_text(manifest(self, specs, mirrors))

    def take(self, lock: dict[str, Any], specs: tuple[str, ...]) -> None:
        """Write the part of a lock that some roots need: the same hashes, without another solution."""
        roots = [root for root in lock["roots"] if root["spec"] in specs]
        left, kept = [root["hash"] for root in roots], {}
        while left:
            key = left.pop()
            kept[key] = lock["concrete_specs"][key]
            left += [each["hash"] for each in kept[key].get("dependencies", ()) if each["hash"] not in kept]
        part = lock | {"roots": roots, "concrete_specs": kept}
        (self.environment / "spack.lock").write_text(json.dumps(part))


def end_processes_in(folder: Path) -> None:
    """Kill what a test that failed has left: each process that works in its folder, or names it."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().decode("utf-8", "replace")
            place = str((process / "cwd").readlink())
        except OSError:
            continue
        if int(process.name) != os.getpid() and (f"{folder}/" in line or place.startswith(f"{folder}/")):
            with suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[None]:
    """Lay a small disk over a folder; skips the test where this user may not mount."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={size},mode=755"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def manifest(world: World, specs: tuple[str, ...], mirrors: str) -> str:
    """Format the manifest of the tiny environment."""

    def version(*argv: str) -> str:
        words = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
        return next(word for word in words if word[0].isdigit())

    gcc, cmake, gmake = version("gcc", "-dumpfullversion"), version("cmake", "--version"), version("make", "--version")
    return f"""\
spack:
  specs: [{", ".join(specs)}]
  concretizer: {{unify: true, reuse: false}}
  repos:
    tiny: {REPOSITORY}/spack_repo/tiny
  {mirrors}
  packages:
    all:
      require: [target={platform.machine()}]
    gcc:
      externals:
      - spec: gcc@{gcc} languages:='c,c++,fortran'
        prefix: /usr
        extra_attributes:
          compilers: {{c: /usr/bin/gcc, cxx: /usr/bin/g++, fortran: /usr/bin/gfortran}}
      buildable: false
    cmake:
      externals: [{{spec: cmake@{cmake}, prefix: /usr}}]
      buildable: false
    gmake:
      externals: [{{spec: gmake@{gmake}, prefix: /usr}}]
      buildable: false
  config:
    install_tree: {{root: {world.store}/install}}
    build_stage: [{world.store}/stage]
    source_cache: {world.store}/cache/source
    misc_cache: {world.store}/cache/misc
  view: {world.store}/views/tiny
"""


def missing_of(home: Path) -> str:
    """Say what a given folder, or this machine, lacks; empty if nothing."""
    needed = [home / name for name in ("spack/bin/spack", "spack-packages/repos", "python/bin/python3")]
    programs = ("gcc", "g++", "gfortran", "cmake", "make", "patch", "file")
    lacking = [str(path) for path in needed if not path.exists()]
    lacking += [name for name in programs if shutil.which(name) is None]
    return f"missing: {', '.join(lacking)}; see tests/data/spack_repo/README.md" if lacking else ""


def prepared_world(folder: Path, home: Path) -> World:
    """Configure a copy of the given Spack as the image does; the lock is still to be made."""
    shutil.copytree(home / "spack", folder / "spack", symlinks=True, ignore=shutil.ignore_patterns("site", "*.pyc"))
    sources = folder / "sources"
    subprocess.run([sys.executable, REPOSITORY / "pack.py", REPOSITORY / "sources", sources], check=True, stdout=-3)
    world = World(
        folder, folder / "spack", home / "spack-packages", home / "python" / "bin" / "python3", sources, home / "seed"
    )
    _configure(world)
    world.bring_index()
    return world


def solve(world: World) -> dict[str, Any]:
    """Lock every tiny package; the index of recipes, which takes a minute to build, is kept for the next time."""
    world.write_manifest()
    done = world.run("lock", str(world.environment))
    assert done.code == 0, done
    lock: dict[str, Any] = json.loads((world.environment / "spack.lock").read_text())
    return lock


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Take the given Spack."""
    said = os.environ.get("SYGALDRY_TEST_SPACK", "")
    if not said:
        pytest.skip("SYGALDRY_TEST_SPACK names no folder with Spack; see tests/data/spack_repo/README.md")
    if missing := missing_of(Path(said)):
        pytest.skip(missing)
    return prepared_world(tmp_path_factory.mktemp("spack"), Path(said))


def _configure(world: World) -> None:
    """Write what the image has in Spack's site scope."""
    site = world.spack / "etc" / "spack" / "site"
    site.mkdir(parents=True, exist_ok=True)
    builtin = world.recipes / "repos" / "spack_repo" / "builtin"
    (site / "repos.yaml").write_text(f"repos::\n  builtin: {builtin}\n")
    (site / "mirrors.yaml").write_text("mirrors:: {}\n")
    (site / "bootstrap.yaml").write_text(
        f"bootstrap:\n  enable: true\n  root: {world.folder}/bootstrap\n"
        "  trusted: {github-actions-v2: false, github-actions-v0.6: false, spack-install: false}\n"
    )


@pytest.fixture(scope="session")
def locked(given: World) -> dict[str, Any]:
    """Solve once for all tests; returns the lock of every tiny package."""
    return solve(given)


@pytest.fixture
def world(given: World, locked: dict[str, Any], tmp_path: Path) -> Iterator[World]:
    """A store of its own with the roots that work, beside the Spack of the session."""
    own = replace(given, folder=tmp_path)
    (own.store / "cache").mkdir(parents=True)
    own.bring_index()
    own.write_manifest(("tiny-tool",))
    own.take(locked, ("tiny-tool",))
    yield own
    end_processes_in(tmp_path)


@pytest.fixture
def with_roots(world: World, locked: dict[str, Any]) -> Callable[..., World]:
    """Choose other roots."""

    def choose(*specs: str, mirrors: str = "mirrors:: {}") -> World:
        world.write_manifest(specs, mirrors)
        world.take(locked, specs)
        return world

    return choose
