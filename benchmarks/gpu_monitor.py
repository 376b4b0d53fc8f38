"""What watching the GPUs costs a job: python -m benchmarks.gpu_monitor [--quick].

NVML is a stub that gcc builds (tests/integration/gpu/stubs), so that the figures are Sygaldry's own part: the calls
of a real driver come on top, as many as the last line counts.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

CHECKOUT = Path(__file__).parents[1]
STUB = CHECKOUT / "tests" / "integration" / "gpu" / "stubs" / "nvml.c"
SUPERVISOR = CHECKOUT / "src" / "sygaldry" / "supervisor"
GPUS = 8
ROUND_S = 15.0  # as gpu_monitor.py asks for
CALLS_A_GPU = 3  # errors, minor number, reasons of throttling
FAST_S = 0.01


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory(prefix="sygaldry-bench-") as folder:
        environment = stub_driver(Path(folder))
        start, a_round, memory = probe(environment, 2.0 if quick else 8.0, 3 if quick else 7)
        extra = supervisor(Path(folder), environment, 3.0 if quick else 10.0, 1 if quick else 3)
    rounds = 3600 / ROUND_S
    print(f"{GPUS} GPUs, a round every {ROUND_S:g} s")
    print(f"start of the probe, once a job that runs longer than 5 s   {start * 1000:8.1f} ms of CPU")
    print(f"a round of the probe                                       {a_round * 1000:8.2f} ms of CPU")
    print(f"memory of the probe                                        {memory:8.1f} MiB")
    print(f"a round for the supervisor                                 {extra * 1000:8.2f} ms of CPU")
    print(f"an hour of both                                            {(a_round + extra) * rounds:8.2f} s of CPU")
    print(f"share of one core                                          {(a_round + extra) / ROUND_S:8.4%}")
    print(f"calls of NVML a round                                      {GPUS * CALLS_A_GPU + 1:8d}")


def stub_driver(folder: Path) -> dict[str, str]:
    """Build the stub; returns the environment that makes the loader take it."""
    library = folder / "libnvidia-ml.so.1"
    soname = f"-Wl,-soname,{library.name}"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", soname, "-o", str(library), str(STUB)], check=True)
    scenario = folder / "scenario"
    scenario.write_text(f"count={GPUS}\n")
    return {**os.environ, "LD_LIBRARY_PATH": str(folder), "STUB_DRIVER_SCENARIO": str(scenario)}


def probe(environment: dict[str, str], seconds: float, turns: int) -> tuple[float, float, float]:
    """Return CPU seconds of a start and of a round, and the peak memory in MiB."""
    starts, rounds, memory = [], [], 0.0
    for _ in range(turns):
        starts.append(run_probe(environment, 60.0, until=1)[0])
        cpu, count, peak = run_probe(environment, FAST_S, lasts=seconds / turns)
        rounds.append((cpu - median(starts)) / max(count, 1))
        memory = max(memory, peak)
    return median(starts), median(rounds), memory


def run_probe(
    environment: dict[str, str], round_s: float, *, until: int = 0, lasts: float = 0.0
) -> tuple[float, int, float]:
    """Let it print some rounds, or run for some time; returns its CPU seconds, its rounds and its peak memory."""
    argv = [sys.executable, "-I", "-S", str(SUPERVISOR / "gpu_probe.py"), str(round_s)]
    child = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE)
    assert child.stdout is not None
    ends, count, peak = time.monotonic() + lasts, 0, 0.0
    while (count < until) if until else (time.monotonic() < ends):
        if child.stdout.readline():
            count += 1
    status = Path(f"/proc/{child.pid}/status").read_text()
    peak = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    child.kill()
    _, _, used = os.wait4(child.pid, 0)
    child.returncode = -9
    child.stdout.close()
    return used.ru_utime + used.ru_stime, count, peak


def supervisor(folder: Path, environment: dict[str, str], seconds: float, turns: int) -> float:
    """Return the CPU seconds that one round costs the supervisor: a watched job minus one that is not, by rounds."""
    costs = []
    for turn in range(turns):
        plain = supervised(folder / f"plain{turn}", environment, seconds, [])
        watched = supervised(folder / f"watched{turn}", environment, seconds, ["/dev/null"])
        costs.append(max(watched - plain, 0.0) / (seconds / 0.05))
    return median(costs)


def supervised(folder: Path, environment: dict[str, str], seconds: float, nodes: list[str]) -> float:
    """Run a job that sleeps under the supervisor; returns the CPU seconds of the supervisor alone."""
    folder.mkdir()
    spec = folder / "b-1.spec.json"
    fields = {"job": "b", "run": "1", "argv": ["sleep", str(seconds)], "gpu_nodes": nodes, "gpu_after_s": 0.0}
    spec.write_text(json.dumps({**fields, "gpu_round_s": 0.05}))
    os.mkfifo(folder / "b-1.ctl")
    argv = [sys.executable, "-I", "-S", str(SUPERVISOR / "supervise.py"), str(spec)]
    child = subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL)
    ends, used = time.monotonic() + seconds * 0.9, 0.0
    while time.monotonic() < ends:
        used = max(used, supervisors_cpu(child.pid))
        time.sleep(0.1)
    child.wait()
    return used


def supervisors_cpu(anchor: int) -> float:
    """Sum up what the anchor and the supervisor below it have used, without their helpers and the command."""
    total = 0.0
    for pid in (anchor, *children(anchor)):
        try:
            nanoseconds = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
            is_ours = b"supervise.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if is_ours:
            total += nanoseconds / 1e9
    return total


def children(pid: int) -> list[int]:
    """List the direct children of a process."""
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


if __name__ == "__main__":
    main()
