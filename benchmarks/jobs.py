"""What a job costs over the plain tool, each a ratio in one run: python -m benchmarks.jobs [--quick].

Runs in the sandbox, in a storage of its own. The estimate's error is measured on made-up builds of known length.
"""

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.ratio import in_turns, table, timed

from sygaldry.host.locks import wait_until_free
from sygaldry.jobs.estimate import Earlier, Position, remaining
from sygaldry.jobs.paths import new_run

CHECKOUT = Path(__file__).parents[1]
TOOL = str(CHECKOUT / "tools" / "zephyr_job")
SUPERVISE = str(CHECKOUT / "src" / "sygaldry" / "supervisor" / "supervise.py")
MEGABYTES = 400


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory(prefix="sygaldry-bench-") as folder:
        os.environ |= {
            "SYGALDRY_STORAGE_ROOT": folder,
            "SYGALDRY_RUNTIME": "sandbox",
            "SYGALDRY_PROJECT_ID": "bench",
            "AI_AGENT": "bench",
        }
        job("run", "--job", "first", "--", "true")
        job("wait", "first")
        with tempfile.TemporaryDirectory(prefix="sygaldry-bench-", dir=_quiet_disk()) as memory:
            log_path(Path(memory) / "log", 3 if quick else 15)
        verbs(Path(folder), 5 if quick else 15)
        life(Path(folder), 3 if quick else 7)
        estimates()


def job(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run a verb."""
    return subprocess.run([TOOL, *words], capture_output=True, text=True, check=False)


def supervised(folder: Path, script: str) -> float:
    """Run a script under the supervisor; returns the seconds until who waits is woken, before the log is synced."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    spec = folder / "b-1.spec.json"
    observe = f"import sys; sys.path[:0] = ['{CHECKOUT}/src']; from sygaldry.jobs.observe import main; main()"
    words = ["-I", "-S", "-c", observe, "FOLDER", "JOB", "RUN", "ATTEMPT", "BEGAN"]
    spec.write_text(json.dumps({"job": "b", "run": "1", "argv": ["sh", "-c", script], "observe": words}))
    os.mkfifo(folder / "b-1.ctl")
    begun = time.perf_counter()
    anchor = subprocess.Popen([sys.executable, "-I", "-S", SUPERVISE, str(spec)], stdin=subprocess.DEVNULL)
    while not (folder / "b-1.log").exists():
        time.sleep(0.001)
    wait_until_free({"": str(folder / "b-1.sup.lock")}, None)
    taken = time.perf_counter() - begun
    anchor.wait()
    return taken


def _quiet_disk() -> str | None:
    """Name a file system in memory with room for all of it: a disk's own pace varies more than what is measured."""
    path = Path("/dev/shm")  # noqa: S108 - a measurement's own folder is made in it
    has_room = path.is_dir() and shutil.disk_usage(path).free > 8 * MEGABYTES * 1_000_000
    return str(path) if has_room else None


def log_path(folder: Path, turns: int) -> None:
    """Compare with `command > file`, in turns."""
    source = folder.parent / "source"
    line = b"/usr/bin/c++ -O2 -fPIC -c src/some/longer/path/to/a/file.cc -o build/some/longer/path/to/a/file.o\n"
    with source.open("wb") as file:
        for _ in range(MEGABYTES):
            file.write(line * (1_000_000 // len(line)))
    size = source.stat().st_size
    times = folder.parent / "times"
    # dd writes as programs do; cat would let the kernel copy from file to file, which no build does.
    dd = f"dd bs=64k status=none if={source}"
    script = f"date +%s.%N > {times}; {dd}; {dd}; date +%s.%N >> {times}"
    plain, ours, added, plain_cpu, our_cpu = [], [], [], 0.0, 0.0
    for _ in range(turns):
        (folder.parent / "plain").unlink(missing_ok=True)
        before = cpu()
        whole = timed(["sh", "-c", f"({script}) > {folder.parent}/plain"]) / 1000
        plain.append(_span(times))
        plain_cpu, before = plain_cpu + cpu() - before, cpu()
        mine = supervised(folder, script)
        ours.append(_span(times))
        added.append((mine - ours[-1] - whole + plain[-1]) * 1000)
        our_cpu += cpu() - before
    printed = (folder / "b-1.log").stat().st_size
    disk = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    gigabytes = 2 * size * turns / 1e9
    print(f"{2 * size / 1e6:.0f} MB printed, {turns} turns")
    print(f"  throughput over `command > file`     {median(plain) / median(ours):6.2f}   (aim 0.95)")
    print(f"  before and after it, milliseconds    {median(added):6.0f}   (a Python that starts, and its last words)")
    print(f"  CPU seconds a GB over the same       {(our_cpu - plain_cpu) / gigabytes:6.2f}   (aim 0.5)")
    print(f"  bytes on disk over bytes printed     {disk / printed:6.4f} (aim 1.01)")


def _span(times: Path) -> float:
    """Read the seconds that a command took by its own two words."""
    begun, ended = (float(word) for word in times.read_text().split())
    return ended - begun


def cpu() -> float:
    """CPU seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def verbs(root: Path, turns: int) -> None:
    """Time the verbs that only read, with few runs and with ten thousand."""
    folder = root / "bench" / "bazel_cache" / "zephyr_jobs"
    status = folder / "first.status"
    run = next(word[4:] for word in status.read_text().split() if word.startswith("run="))
    job("run", "--job", "at-work", "--", "sh", "-c", "while :; do date; sleep 1; done")
    while "PROGRESS " not in job("status", "at-work").stdout:
        time.sleep(0.1)
    commands = {
        "tail -n 1": ["tail", "-n", "1", str(status)],
        "cat of the status file": ["cat", str(status)],
        "status of a job that has ended": [TOOL, "status", "first"],
        "status of a job at work": [TOOL, "status", "at-work"],
        "status worked out afresh": [TOOL, "status", "first", "--run", run],
        "list": [TOOL, "list"],
    }
    print("\n" + table(in_turns(commands, turns), "tail -n 1"))
    many(folder, 10_000)
    print("with 10,000 runs on disk\n" + table(in_turns(commands, turns), "tail -n 1"))
    for path in folder.glob("many*"):
        path.unlink()
    job("stop", "at-work")


def many(folder: Path, count: int) -> None:
    """Make runs that have ended: ten jobs of a thousand each."""
    for number in range(count):
        name, run = f"many{number % 10}", new_run((1_700_000_000 + number) * 10**9)
        stamp = "2026-01-01T00:00:00.000Z"
        exit_line = {"v": 1, "seq": 1, "ts": stamp, "offset": 0, "event": "exit", "state": "DONE"}
        (folder / f"{name}-{run}.jsonl").write_text(json.dumps({**exit_line, "rc": 0, "by": "job"}) + "\n")
        (folder / f"{name}-{run}.rc").write_text("0\n")


def life(root: Path, turns: int) -> None:
    """Time a submission, a wake-up and a stop."""
    submitted, running, woken, stopped = [], [], [], []
    folder = root / "bench" / "bazel_cache" / "zephyr_jobs"
    for turn in range(turns):
        name = f"life{turn}"
        begun = time.time()
        submitted.append(timed([TOOL, "run", "--job", name, "--", "sh", "-c", "date +%s.%N; sleep 1; date +%s.%N"]))
        job("wait", name)
        ended = time.time()
        (log,) = folder.glob(f"{name}-*.log")
        first, last = (float(line) for line in log.read_text().split())
        running.append((first - begun) * 1000)
        woken.append((ended - last) * 1000)
        script = "i=0; while [ $i -lt 100 ]; do setsid sleep 600 & sleep 600 & i=$((i+1)); done; echo all; wait"
        job("run", "--job", f"tree{turn}", "--", "sh", "-c", script)
        while "all" not in job("tail", f"tree{turn}").stdout:
            time.sleep(0.1)
        stopped.append(timed([TOOL, "stop", f"tree{turn}"]))
    print(f"\nmedian of {turns}, milliseconds")
    print(f"  run returns after                    {median(submitted):6.0f}   (aim 1000)")
    print(f"  from typing run to the command       {median(running):6.0f}")
    print(f"  from the command's end to wait's     {median(woken):6.0f}   (with the whole end of the supervisor)")
    print(f"  stop of a tree of 200 processes      {median(stopped):6.0f}")


def estimates(builds: int = 200) -> None:
    """Estimate made-up builds of uneven pace from three earlier ones, a third of them on a busier machine."""
    chance = random.Random(7)  # noqa: S311 - the same builds every time
    errors: dict[float, list[float]] = {0.25: [], 0.5: [], 0.75: []}
    for _ in range(builds):
        steps = [(chance.expovariate(1 / 20), chance.randrange(100, 20_000)) for _ in range(60)]
        earlier = [profile(steps, chance) for _ in range(3)]
        now = profile(steps, chance)
        total = now[-1][0]
        for share, found in errors.items():
            elapsed, printed = next(each for each in now if each[0] >= total * share)
            left = remaining(Position(elapsed, printed), [Earlier(each) for each in earlier])
            if left is not None:
                found.append(abs(elapsed + left.middle_s - total) / total)
    print(f"\nmedian error of the estimated end, {builds} made-up builds with three earlier runs each (aim 15 %)")
    for share, found in errors.items():
        print(f"  at {share:.0%} of the time                   {median(found):6.1%}")


def profile(steps: list[tuple[float, int]], chance: random.Random) -> list[tuple[float, int]]:
    """Run a build on paper: each step's time and output vary, the machine as a whole too."""
    pace = chance.choice((1.0, 1.0, 1.6)) * chance.uniform(0.9, 1.1)
    seconds, printed, found = 0.0, 0, []
    for time_s, size in steps:
        seconds += time_s * pace * chance.lognormvariate(0, 0.3)
        printed += int(size * chance.uniform(0.95, 1.05))
        found.append((seconds, printed))
    return found


if __name__ == "__main__":
    main()
