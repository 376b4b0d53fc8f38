"""Nothing is cloned, bootstrapped or fetched when an environment is locked, built or entered: there is no network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sygaldry.spack.lock import canonical, parse_lock

from .conftest import Done, World
from .test_build import tool

pytestmark = pytest.mark.spack

# No address but those of the namespace itself, none of them up, and no route: whoever asks is told so at once.
ALONE = ("unshare", "--map-root-user", "--net")
# What Spack fetches and clones with, beside Python's own urllib.
CARRIERS = ("git", "curl", "wget", "svn", "hg")


@pytest.fixture
def carriers(tmp_path: Path) -> Path:
    """Lay programs before the real ones that write down how they were called, and fail."""
    folder = tmp_path / "carriers"
    folder.mkdir()
    for name in CARRIERS:
        (folder / name).write_text(f'#!/bin/sh\necho "{name} $*" >>{folder}/called\nexit 1\n')
        (folder / name).chmod(0o755)
    return folder


def alone(world: World, carriers: Path, *words: str, **variables: str) -> Done:
    """Run a verb in a network namespace without a route, under strace where there is one."""
    if subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this kernel allows no network namespace here")
    trace = carriers / f"trace-{'-'.join(words[:1])}"
    strace = (
        ["strace", "-f", "--seccomp-bpf", "-e", "trace=connect", "-o", str(trace)] if shutil.which("strace") else []
    )
    done = subprocess.run(
        [*ALONE, *strace, *world.argv, *words],
        env=world.variables | {"PATH": f"{carriers}:{world.variables['PATH']}"} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    if strace:
        assert "+++ exited with" in trace.read_text()
        assert "AF_INET" not in trace.read_text()
    return Done(done.returncode, done.stdout, done.stderr)


def called(carriers: Path) -> list[str]:
    """List the calls that could have reached for something; asking a program for its version cannot."""
    record = carriers / "called"
    lines = record.read_text().splitlines() if record.exists() else []
    return [line for line in lines if not line.endswith(" --version") and " rev-parse " not in f"{line} "]


def test_locking_building_and_entering_need_no_network(world: World, locked: dict[str, Any], carriers: Path) -> None:
    (world.environment / "spack.lock").unlink()
    done = alone(world, carriers, "lock", str(world.environment))
    assert done.code == 0, done
    lock = parse_lock((world.environment / "spack.lock").read_text(), "the new lock")
    # Without a network the solution is the same: what the session locked, as far as this root needs it.
    world.take(locked, ("tiny-tool",))
    assert canonical(lock) == canonical(parse_lock((world.environment / "spack.lock").read_text(), "the session's"))

    done = alone(world, carriers, "build", str(world.environment), "--json")
    assert done.code == 0, done
    assert len(json.loads(done.out)["data"]["built"]) == 5
    assert tool(world) == "42 hello\n"
    (script,) = alone(world, carriers, "activate", str(world.environment)).out.splitlines()
    assert str(world.store / "views" / "tiny" / "bin") in Path(script).read_text()
    for verb in ("status", "verify"):
        assert alone(world, carriers, verb, str(world.environment)).code == 0
    assert called(carriers) == []


def test_a_python_without_the_solver_is_told_and_not_bootstrapped(
    world: World, locked: dict[str, Any], carriers: Path
) -> None:
    bare = "/usr/bin/python3"
    if not os.access(bare, os.X_OK) or not subprocess.run([bare, "-c", "import clingo"], check=False).returncode:
        pytest.skip("there is no Python without clingo here")
    (world.environment / "spack.lock").unlink()
    done = alone(world, carriers, "lock", str(world.environment), SPACK_PYTHON=bare)
    assert done.code == 1, done
    assert "Spack found no solution: " in done.err
    assert "hint: the Python that runs Spack lacks clingo: set SPACK_PYTHON to the image's own" in done.err
    assert not (world.environment / "spack.lock").exists()
    # Installing from a lock needs no solver, which also proves that nothing is solved again.
    world.take(locked, ("tiny-tool",))
    done = alone(world, carriers, "build", str(world.environment), SPACK_PYTHON=bare)
    assert (done.code, "5 built" in done.out) == (0, True), done
    assert called(carriers) == []
