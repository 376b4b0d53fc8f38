"""What many scheduled jobs cost, by simulation of the scheduler's answers: python -m benchmarks.slurm [--quick].

`sbatch` and `squeue` are stand-ins that count how often they are asked. One job is submitted by the real command line;
its files are copied under other names. Growth is the time to read the answers of ever larger clusters.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from sygaldry.flows.job.scheduled.answer import Answer, Reports, format_answer, parse_answer
from sygaldry.model.command import Command, Completed
from sygaldry.schedulers.slurm import SCHEDULER

CHECKOUT = Path(__file__).parents[1]
TOOL = str(CHECKOUT / "tools" / "sygaldry")
JOBS = 1000
FIRST = "0" * 32


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory(prefix="sygaldry-bench-") as folder:
        root = Path(folder)
        stand_ins(root)
        os.environ |= {
            "PATH": f"{root}/bin:{os.environ['PATH']}",
            "SYGALDRY_STORAGE_ROOT": f"{root}/storage",
            "SYGALDRY_RUNTIME": "sandbox",
            "SYGALDRY_PROJECT_ID": "bench",
            "SYGALDRY_EXECUTOR": "slurm",
            "AI_AGENT": "bench",
        }
        count = 100 if quick else JOBS
        single_jobs(root, count, 3 if quick else 7)
        array(root, count, 3 if quick else 7)
    growth((1000, 10_000) if quick else (1000, 10_000, 100_000, 1_000_000))


def stand_ins(root: Path) -> None:
    """Write the scheduler's programs."""
    (root / "bin").mkdir()
    programs = {
        "sbatch": '[ "$1" = --version ] && { echo slurm 24.11.1; exit; }; echo 1',
        "squeue": f"echo asked >>{root}/asked; cat {root}/answer",
    }
    for name, body in programs.items():
        path = root / "bin" / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    (root / "answer").write_text("")
    (root / "asked").write_text("")


def single_jobs(root: Path, count: int, times: int) -> None:
    """List so many jobs of a project, of which nine in ten have not started."""
    uuid = submitted("first")
    for number in range(1, count):
        copied(root, "first", f"job{number}", uuid, f"{number:032x}")
    states = ("RUNNING", *["PENDING"] * 9)
    lines = [
        f"{number + 1}|{states[number % 10]}|Priority||{'first' if not number else f'job{number}'}.{number:032x}"
        for number in range(count)
    ]
    (root / "answer").write_text("\n".join(lines).replace(FIRST, uuid) + "\n")
    measured(root, f"job list, {count} jobs", times, "list", "--most", str(count))
    measured(root, "job list, its first ten", times, "list")
    measured(root, "job status of one", times, "status", "--job", "first")
    shutil.rmtree(root / "storage")


def array(root: Path, count: int, times: int) -> None:
    """Ask for the state of an array of so many elements."""
    uuid = submitted("many", "--array", f"0-{count - 1}%16")
    lines = [f"1_{task}|RUNNING|None|n1|many.{uuid}" for task in range(16)]
    (root / "answer").write_text("\n".join([*lines, f"1_[16-{count - 1}%16]|PENDING|x||many.{uuid}"]) + "\n")
    measured(root, f"job status of an array of {count}", times, "status", "--job", "many")
    measured(root, "job list with it", times, "list")
    measured(root, "job status of an element", times, "status", "--job", f"many.{count - 1}")


def submitted(job: str, *words: str) -> str:
    """Submit a job and return its uuid."""
    done = subprocess.run(
        [TOOL, "job", "run", "--job", job, *words, "--", "true"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    root = Path(os.environ["SYGALDRY_STORAGE_ROOT"], "bench", ".sygaldry", "scheduled")
    (record,) = root.glob(f"{job}-*.json")
    return str(json.loads(record.read_text())["uuid"])


def copied(root: Path, job: str, other: str, uuid: str, fresh: str) -> None:
    """Copy the files of a job under another name."""
    project = root / "storage" / "bench"
    (jobs,) = project.glob("bazel_cache/zephyr_jobs/")
    for folder in (project / ".sygaldry" / "jobs", project / ".sygaldry" / "scheduled", *jobs.glob(f"{job}-*Z")):
        target = folder.with_name(folder.name.replace(job, other, 1)) if folder.parent == jobs else folder
        target.mkdir(exist_ok=True)
        for path in folder.glob(f"{job}-*"):
            if path.is_file():
                text = (
                    path.read_text()
                    .replace(job, other)
                    .replace(uuid, fresh)
                    .replace('"id": "1"', f'"id": "{int(fresh, 16) + 1}"')
                )
                (target / path.name.replace(job, other, 1)).write_text(text)


def measured(root: Path, what: str, times: int, *words: str) -> None:
    """Print the median time of a verb, and how often the scheduler was asked by all of these calls."""
    (root / "asked").write_text("")
    spent, before = [], resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(times):
        begun = time.perf_counter()
        done = subprocess.run([TOOL, "job", *words], capture_output=True, text=True, check=False)
        spent.append(time.perf_counter() - begun)
        assert done.returncode == 0, done.stderr
    asked = len((root / "asked").read_text().splitlines())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / times
    print(f"| {what} | {median(spent):.2f} s | {cpu_s:.2f} s | {asked} in {times} calls |")


def growth(sizes: tuple[int, ...]) -> None:
    """Print the time to read, keep and search the answer about so many jobs of one user."""
    for size in sizes:
        lines = [f"{n}|PENDING|Priority||job.{n:032x}" for n in range(size)]
        begun = time.perf_counter()
        reports = SCHEDULER.states(Completed(Command(()), 0, "\n".join(lines)))
        parsed = time.perf_counter() - begun
        text = format_answer(Answer(0.0, reports))
        begun = time.perf_counter()
        answer, found = parse_answer(text)
        again = time.perf_counter() - begun
        assert isinstance(found, Reports)
        print(f"| {size} jobs | {len(answer.reports)} read | {parsed:.2f} s | {again:.2f} s | {len(text) >> 10} KiB |")


if __name__ == "__main__":
    main()
