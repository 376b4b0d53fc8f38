"""The CPU time that planning a launch takes, beside a bare Python, and beside another checkout of Sygaldry.

    python -m benchmarks.launch_cpu [OTHER_CHECKOUT] [TURNS]

The launch is a dry run in the sandbox, so that no engine and no container is part of the figure. CPU time is that of
the process itself, user and system; wall time says more about what else the machine does. All rows run in turns.
"""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

CHECKOUT = Path(__file__).resolve().parents[1]
_BARE = "python -I -S -c pass"
_TURNS = 31


def command_of(checkout: Path, workspace: str) -> list[str]:
    """Return the dry run of a checkout, with the Python environment of this one."""
    venv = CHECKOUT / ".venv"
    code = 'import sys; exec(open(sys.argv[1], encoding="utf-8").read())'
    start = [str(venv / "bin/python"), "-I", "-S", "-c", code, str(checkout / "tools/start.py"), str(venv)]
    start.append(str(checkout / "src"))
    return [*start, "launch", "-q", "--runtime", "sandbox", "--workspace", workspace, "--dry-run", "--", "true"]


def cpu_ms(command: list[str]) -> float:
    """Return the CPU time of one run in milliseconds. Raises CalledProcessError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def main(others: list[Path], turns: int) -> None:
    """Print the median and the least CPU time of each row."""
    subprocess.run([str(CHECKOUT / "tools" / "sygaldry"), "--version"], stdout=subprocess.DEVNULL, check=True)
    with TemporaryDirectory(prefix="sygaldry-benchmark-") as root:
        os.environ["SYGALDRY_STORAGE_ROOT"] = f"{root}/storage"
        workspace = Path(root, "workspace")
        workspace.mkdir()
        commands = {_BARE: [str(CHECKOUT / ".venv/bin/python"), "-I", "-S", "-c", "pass"]}
        commands |= {f"dry run of {each}": command_of(each, str(workspace)) for each in (CHECKOUT, *others)}
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(turns):
            for name, command in commands.items():
                taken[name].append(cpu_ms(command))
    for name, each in taken.items():
        print(f"{name}: median {statistics.median(each):.1f} ms, least {min(each):.1f} ms of CPU time, {turns} turns")


if __name__ == "__main__":
    words = sys.argv[1:]
    main([Path(each).resolve() for each in words if not each.isdigit()], int(next(filter(str.isdigit, words), _TURNS)))
