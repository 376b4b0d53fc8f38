"""Measure commands against one another in one run, in turns, because machines are noisy."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Timing:
    """Wall-clock milliseconds of one command over all turns."""

    name: str
    milliseconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.milliseconds)

    @property
    def best(self) -> float:
        return min(self.milliseconds)


def timed(argv: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Run a command to success and return its wall-clock milliseconds."""
    start = time.perf_counter()
    done = subprocess.run(
        argv, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    elapsed = (time.perf_counter() - start) * 1000
    if done.returncode != 0:
        raise SystemExit(f"{argv} failed with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return elapsed


def in_turns(commands: Mapping[str, Sequence[str]], turns: int) -> dict[str, Timing]:
    """Time each command once per turn, after one turn to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(turns + 1):
        for name, argv in commands.items():
            elapsed = timed(argv)
            if turn:
                taken[name].append(elapsed)
    return {name: Timing(name, tuple(values)) for name, values in taken.items()}


def table(timings: Mapping[str, Timing], base: str) -> str:
    """Format the timings with the ratio and the difference of medians to the base."""
    lines = [f"{'':34}{'median ms':>10}{'best ms':>10}{'ratio':>8}{'added ms':>10}"]
    for each in timings.values():
        ratio, added = each.median / timings[base].median, each.median - timings[base].median
        lines.append(f"{each.name:34}{each.median:10.1f}{each.best:10.1f}{ratio:8.2f}{added:10.1f}")
    return "\n".join(lines)
