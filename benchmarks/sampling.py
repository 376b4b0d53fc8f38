"""What the supervisor's sampling costs: python -m benchmarks.sampling [SECONDS].

CPU seconds of the supervisor, its parent and its observer between two moments of a running job, so that their start
does not count, for four kinds of jobs. A heartbeat is due every 10 seconds, a look at the log every second.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).parents[1]
SUPERVISE: Final = CHECKOUT / "src" / "sygaldry" / "supervisor" / "supervise.py"
OBSERVE: Final = f"import sys; sys.path[:0] = ['{CHECKOUT}/src']; from sygaldry.jobs.observe import main; main()"
SETTLES_S: Final = 8.0
AIM: Final = 0.001  # of a core
KINDS: Final = {
    "silent, one process": "sleep 100000",
    "silent, 50 processes": "for i in $(seq 50); do sleep 100000 & done; wait",
    "a line a second": "while echo '[ 42%] Building CXX object src/a.cc.o'; do sleep 1; done",
    "ten lines a second": "while echo '[ 42%] Building CXX object src/a.cc.o'; do sleep 0.1; done",
}


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    print(f"over {seconds:g} s of each job; aim: {AIM:.2%} of a core")
    for title, script in KINDS.items():
        with tempfile.TemporaryDirectory(prefix="sygaldry-bench-") as folder:
            share = measure(Path(folder), script, seconds) / seconds
        print(f"{title:24} {share:8.4%} of a core {share * 3600:8.2f} CPU seconds an hour", flush=True)


def measure(folder: Path, script: str, seconds: float) -> float:
    """Run a job under the supervisor; return the CPU seconds that Sygaldry's own processes used meanwhile."""
    words = ["-I", "-S", "-c", OBSERVE, "FOLDER", "JOB", "RUN", "ATTEMPT", "BEGAN"]
    spec = folder / "b-1.spec.json"
    spec.write_text(json.dumps({"job": "b", "run": "1", "argv": ["sh", "-c", script], "observe": words, "grace_s": 1}))
    os.mkfifo(folder / "b-1.ctl")
    # Not our own session: what the job leaves in it would otherwise be ours to end.
    argv = [sys.executable, "-I", "-S", str(SUPERVISE), str(spec)]
    anchor = subprocess.Popen(argv, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        time.sleep(SETTLES_S)
        before = own_cpu_s(anchor.pid)
        time.sleep(seconds)
        return own_cpu_s(anchor.pid) - before
    finally:
        (folder / "b-1.stop").write_text("{}")
        anchor.wait(30)


def own_cpu_s(pid: int) -> float:
    """Sum up the CPU seconds of a process and of those below it that run Sygaldry's code."""
    try:
        is_ours = b"sygaldry" in Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0sygaldry-job\0")[0]
        used = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9 if is_ours else 0.0
        children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return 0.0
    return used + sum(own_cpu_s(each) for each in children)


if __name__ == "__main__":
    main()
