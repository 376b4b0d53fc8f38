"""How far the estimated end is off on real builds: python -m benchmarks.eta [--quick].

C projects of two sizes, compiled by Ninja and gcc in the sandbox: a first build, the same again from nothing, and one
after a quarter of the files changed. The estimate of `job status` is noted twice a second; what remained is known once
the build has ended. A build of another size than the earlier ones is what an estimate from history gets wrong.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

CHECKOUT: Final = Path(__file__).parents[1]
TOOL: Final = str(CHECKOUT / "tools" / "zephyr_job")
SIZES: Final = {"small": 24, "large": 120}  # files
FUNCTIONS: Final = 120
MOMENTS: Final = (0.1, 0.25, 0.5, 0.75)
LOOK_S: Final = 0.5


class Sample(NamedTuple):
    """What `job status` answered, and when."""

    at: float
    low_s: float | None
    high_s: float | None


def main() -> None:
    """Build, and print how the range compares with what remained."""
    files = {size: count // 4 for size, count in SIZES.items()} if "--quick" in sys.argv else SIZES
    print(f"{'build':20} {'took':>7}  " + "".join(f"{f'at {moment:.0%}':>24}" for moment in MOMENTS))
    with tempfile.TemporaryDirectory(prefix="sygaldry-bench-") as folder:
        os.environ |= {"SYGALDRY_STORAGE_ROOT": f"{folder}/storage", "SYGALDRY_RUNTIME": "sandbox", "AI_AGENT": "bench"}
        for size, count in files.items():
            project = Path(folder, size)
            write_project(project, count)
            for build in ("first", "second", "incremental"):
                prepare(project, build, count)
                took, samples = run_build(project, size)
                print(
                    f"{size + ', ' + build:20} {took:6.1f}s  "
                    + "".join(f"{row(took, samples, m):>24}" for m in MOMENTS)
                )


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
        if build != "incremental":
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
        data = json.loads(call("status", "--job", job, "--json", folder=folder).stdout)["data"]
        if data["final"]:
            assert data["state"] == "DONE", data
            return float(data["elapsed_s"]), samples
        samples.append(Sample(float(data["elapsed_s"]), data["eta_low_s"], data["eta_high_s"]))
        time.sleep(LOOK_S)


def call(*words: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a verb for a project."""
    return subprocess.run([TOOL, *words], capture_output=True, text=True, check=False, cwd=folder, env={
        **os.environ, "SYGALDRY_WORKSPACE": str(folder), "SYGALDRY_PROJECT_ID": f"bench-{folder.name}"
    })  # fmt: skip


def row(took: float, samples: list[Sample], moment: float) -> str:
    """Format the estimate nearest to a moment: its range, what remained, and by which factor its middle was off."""
    nearest = min(samples, key=lambda each: abs(each.at - moment * took), default=None)
    if nearest is None or nearest.low_s is None or nearest.high_s is None:
        return "unknown"
    left = max(took - nearest.at, 0.1)
    middle = math.sqrt(max(nearest.low_s, 0.1) * max(nearest.high_s, 0.1))
    factor = max(middle / left, left / middle)
    inside = "" if nearest.low_s - 1 <= left <= nearest.high_s + 1 else "!"
    return f"{nearest.low_s:.0f}-{nearest.high_s:.0f} of {left:.0f}s, x{factor:.1f}{inside}"


if __name__ == "__main__":
    main()
