"""Measure the env verbs on the real lock, and, with SYGALDRY_TEST_SPACK, activation and a build against bare Spack.

Usage: PYTHONPATH=src python benchmarks/spack.py [TURNS]. Without Spack the first table alone is made.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that it also runs as a file

from benchmarks.ratio import Timing, in_turns, table, timed  # noqa: E402 - found through the line above


def verbs(turns: int) -> str:
    """Time the verbs that only read, against an interpreter that reads the same lock as JSON."""
    start = [sys.executable, "-m", "sygaldry", "env"]
    lock = str(ROOT / "pkg" / "zephyr" / "spack.lock")
    environment = str(ROOT / "pkg" / "zephyr")
    plain = [sys.executable, "-I", "-S", "-c", "import json, sys; json.load(open(sys.argv[1]))", lock]
    commands = {
        "python reads the lock": plain,
        "env status": [*start, "status", environment],
        "env lock --check": [*start, "lock", "--check", environment],
        "env graph": [*start, "graph", environment],
        "env graph --reverse nccl": [*start, "graph", environment, "--reverse", "nccl"],
        "env graph --format md": [*start, "graph", environment, "--format", "md"],
        "env graph --format svg": [*start, "graph", environment, "--format", "svg"],
        "env diff": [*start, "diff", environment, environment],
        "env build --dry-run": [*start, "build", environment, "--dry-run"],
    }
    return table(in_turns(commands, turns), "python reads the lock")


def against_spack(turns: int) -> str:
    """Build the tiny packages with Sygaldry and with bare Spack in turns, then enter their environment both ways."""
    from tests.integration.spack.conftest import prepared_world, solve  # the tests' own world

    with tempfile.TemporaryDirectory(prefix="sygaldry-benchmark-") as folder:
        world = prepared_world(Path(folder), Path(os.environ["SYGALDRY_TEST_SPACK"]))
        world.take(solve(world), ("tiny-tool",))
        world.write_manifest(("tiny-tool",))
        (world.environment / "sygaldry.lock.json").unlink()
        os.environ.update(world.variables)
        os.environ.update(world.spack_variables)
        environment = str(world.environment)
        shutil.copy(world.environment / "spack_src.yaml", world.environment / "spack.yaml")
        bare = [str(world.spack / "bin" / "spack"), "-e", environment, "install", "--only-concrete"]
        ours = [*world.argv, "build", environment]
        taken: dict[str, list[float]] = {"spack install": [], "env build": []}
        for turn in range(turns + 1):
            for name, argv in (("spack install", bare), ("env build", ours)):
                for each in ("install", "views", "stage"):
                    shutil.rmtree(world.store / each, ignore_errors=True)
                elapsed = timed(argv)
                if turn:
                    taken[name].append(elapsed)
        timings = {name: Timing(name, tuple(values)) for name, values in taken.items()}
        again = in_turns({"spack install, no-op": bare, "env build, no-op": ours}, turns)
        subprocess.run([*world.argv, "activate", environment], check=True, stdout=subprocess.DEVNULL)
        script = f"set -eu; . {ROOT}/container/spack.sh; spack-env-activate {environment}"
        spack = f'set -eu; eval "$({bare[0]} env activate --sh --dir {environment})"'
        entering = in_turns(
            {
                "bash": ["bash", "-c", ":"],
                "spack-env-activate": ["bash", "-c", script],
                "spack's": ["bash", "-c", spack],
            },
            turns,
        )
    return "\n\n".join([table(timings, "spack install"), table(again, "spack install, no-op"), table(entering, "bash")])


def main() -> None:
    """Print the tables."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(verbs(turns))
    if os.environ.get("SYGALDRY_TEST_SPACK"):
        print()
        print(against_spack(turns))


if __name__ == "__main__":
    main()
