"""How far the estimated end is off on real builds: python -m benchmarks.eta [--quick] [--record FOLDER].

C projects of two sizes, compiled by Ninja and gcc in the sandbox: a first build, the same twice from nothing, and
builds after a quarter of the files changed. The estimate of `job status` is noted twice a second; what remained is
known once the build has ended. `--record` writes each build's progress as JSON, for
tests/unit/jobs/test_recorded_builds.py.
"""

import argparse
import json
import math
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

CHECKOUT: Final = Path(__file__).parents[1]
TOOL: Final = str(CHECKOUT / "tools" / "zephyr_job")
SIZES: Final = {"small": 32, "large": 160}  # files
BUILDS: Final = ("first", "second", "incremental", "incremental again", "third", "incremental, third")
FUNCTIONS: Final = 120
MOMENTS: Final = (0.25, 0.5, 0.75)
LOOK_S: Final = 0.5
SLACK_S: Final = 1.0  # the status line has whole seconds


class Sample(NamedTuple):
    """What `job status` answered."""

    at: float
    low_s: float | None
    high_s: float | None
    position: tuple[Any, ...]  # bytes, done, total, silent seconds


def main() -> None:
    """Build, and print how the range compares with what remained."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    every: list[tuple[float, list[Sample]]] = []
    print(
        f"{'build':26} {'took':>6} {'shown':>6} {'held':>6}"
        + "".join(f"{f'at {moment:.0%}':>22}" for moment in MOMENTS)
    )
    with tempfile.TemporaryDirectory(prefix="sygaldry-bench-") as folder:
        os.environ |= {"SYGALDRY_STORAGE_ROOT": f"{folder}/storage", "SYGALDRY_RUNTIME": "sandbox", "AI_AGENT": "bench"}
        for size, files in SIZES.items():
            count = files // 4 if options.quick else files
            project, runs = Path(folder, size), []
            write_project(project, count)
            for build in BUILDS:
                prepare(project, build, count)
                took, samples = run_build(project, size)
                runs.append({"build": build, "took": took, "samples": [[each.at, *each.position] for each in samples]})
                every.append((took, samples))
                print(format_row(f"{size}, {build}", took, samples), flush=True)
            if options.record:
                (options.record / f"{size}.json").write_text(
                    json.dumps(runs, separators=(",", ":")).replace('{"build"', '\n{"build"') + "\n"
                )
    print_summary(every)


def write_project(folder: Path, count: int) -> None:
    """Write sources of equal size and a file for Ninja."""
    (folder / "src").mkdir(parents=True)
    (folder / ".git").mkdir()
    rules = "rule cc\n command = gcc -O2 -c $in -o $out\n description = Building C object $out\n"
    for number in range(count):
        body = "".join(
            f"double f{number}_{each}(double x) {{ for (int i = 9; i < {each + 9}; i++) x = x * 1.{each} + i; "
            "return x; }\n"
            for each in range(FUNCTIONS)
        )
        (folder / "src" / f"part{number}.c").write_text(body)
        rules += f"build out/part{number}.o: cc src/part{number}.c\n"
    (folder / "build.ninja").write_text(rules)


def prepare(folder: Path, build: str, count: int) -> None:
    """Remove all objects, or change every fourth source."""
    for number in range(count):
        if not build.startswith("incremental"):
            (folder / "out" / f"part{number}.o").unlink(missing_ok=True)
        elif number % 4 == 0:
            source = folder / "src" / f"part{number}.c"
            source.write_text(f"{source.read_text()}// changed\n")


def run_build(folder: Path, job: str) -> tuple[float, list[Sample]]:
    """Run the build as a job; return the seconds it took, and what was estimated meanwhile."""
    answer = call("run", "--job", job, "--", "ninja", "-j2", folder=folder)
    assert answer.returncode == 0, answer.stderr
    samples: list[Sample] = []
    while True:
        answer = call("status", "--job", job, "--json", folder=folder)
        data = json.loads(answer.stdout)["data"]
        assert "final" in data, answer
        if data["final"]:
            assert data["state"] == "DONE", data
            return float(data["elapsed_s"]), samples
        position = (data["log_bytes"], data["done"] or 0, data["total"] or 0, data["silent_s"])
        samples.append(Sample(float(data["elapsed_s"]), data["eta_low_s"], data["eta_high_s"], position))
        time.sleep(LOOK_S)


def call(*words: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a verb for a project."""
    return subprocess.run([TOOL, *words], capture_output=True, text=True, check=False, cwd=folder, env={
        **os.environ, "SYGALDRY_WORKSPACE": str(folder), "SYGALDRY_PROJECT_ID": f"bench-{folder.name}"
    })  # fmt: skip


def format_row(name: str, took: float, samples: Sequence[Sample]) -> str:
    """Format how often a range was shown and held what remained, and the ranges at some moments."""
    shown = [each for each in samples if each.low_s is not None]
    held = sum(is_held(took, each) for each in shown)
    cells = "".join(f"{format_cell(took, samples, moment):>22}" for moment in MOMENTS)
    return f"{name:26} {took:5.0f}s {len(shown):3}/{len(samples):<3} {held:3}/{len(shown):<3}{cells}"


def format_cell(took: float, samples: Sequence[Sample], moment: float) -> str:
    """Format the estimate nearest to a moment: its range, what remained, and by which factor its middle was off."""
    nearest = min(samples, key=lambda each: abs(each.at - moment * took), default=None)
    if nearest is None or nearest.low_s is None or nearest.high_s is None:
        return "unknown"
    left = max(took - nearest.at, 0.1)
    middle = math.sqrt(max(nearest.low_s, 0.1) * max(nearest.high_s, 0.1))
    factor = max(middle / left, left / middle)
    return (
        f"{nearest.low_s:.0f}-{nearest.high_s:.0f} of {left:.0f}s, x{factor:.1f}{'' if is_held(took, nearest) else '!'}"
    )


def is_held(took: float, sample: Sample) -> bool:
    """Return whether a range held what remained."""
    low, high = sample.low_s or 0.0, sample.high_s or 0.0
    return low - SLACK_S <= took - sample.at <= high + SLACK_S


def print_summary(builds: Sequence[tuple[float, Sequence[Sample]]]) -> None:
    """Print the coverage over all builds, and the width of the ranges in each third of the time."""
    shown = [(took, each) for took, samples in builds for each in samples if each.low_s is not None]
    held = sum(is_held(*each) for each in shown)
    print(f"\nmoments with a range {len(shown)} of {sum(len(each) for _, each in builds)}")
    print(f"ranges that held what remained {held / max(len(shown), 1):.0%} (aim 80 %)")
    for third, name in enumerate(("first", "second", "last")):
        widths = [
            ((each.high_s or 0.0) - (each.low_s or 0.0)) / took
            for took, each in shown
            if third <= 3 * each.at / took < third + 1
        ]
        print(f"median width in the {name} third of the time {median(widths or [0.0]):.0%} of the build's time")


if __name__ == "__main__":
    main()
