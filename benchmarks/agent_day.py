"""Tokens that an agent reads in a working day, over plain bash: python -m benchmarks.agent_day.

Replays a day: two builds in parallel, seven kinds of failure, a training run, and a new session that has lost its
memory. Plain bash is what agents type without jobs: `nohup ... > log &`, `pgrep`, `tail -n 20 log`, and after a failure
`grep -n error log | tail` and a longer tail. Both sides run the same commands, and both sides know the exit code.
"""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).parents[1]
TOOL: Final = str(CHECKOUT / "tools" / "zephyr_job")
CHARACTERS: Final = 3.6  # of a token, on average over logs

_STEPS: Final = 'i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo "[$i/40] Building CXX object src/part$i.cc.o"; done; '
_TAIL: Final = 'echo "ninja: build stopped: subcommand failed."; exit '
FAILURES: Final = {
    "compiler": _STEPS + 'echo "src/x.cc:3:1: error: unknown type name foo"; ' + _TAIL + "1",
    "linker": _STEPS + 'echo "/usr/bin/ld: x.o: undefined reference to \\`bar(int)\'"; ' + _TAIL + "1",
    "python": 'echo "Traceback (most recent call last):"; echo "  File \\"train.py\\", line 9, in <module>"; '
    'echo "    import torchh"; echo "ModuleNotFoundError: No module named \\"torchh\\""; exit 1',
    "cmake": 'echo "CMake Error at CMakeLists.txt:7 (find_package):"; echo "  Could not find OpenBLAS"; exit 1',
    "disk": _STEPS + 'echo "cc1plus: fatal error: error writing to /tmp/x.s: No space left on device"; ' + _TAIL + "1",
    "network": 'echo "curl: (6) Could not resolve host: example.invalid"; exit 6',
    "killed": _STEPS + "kill -9 $$",
}
GOOD: Final = {
    "build-a": _STEPS + "echo done",
    "build-b": _STEPS + "echo done",
    "train": 'for e in 1 2 3; do for s in 1 2 3 4 5; do echo "epoch $e/3 step $s/5 loss 0.$s"; done; done',
}


def main() -> None:
    """Replay the day on both sides and print what was read."""
    with tempfile.TemporaryDirectory(prefix="sygaldry-day-") as folder:
        ours, plain = sum(map(len, with_jobs(Path(folder)))), sum(map(len, with_bash(Path(folder))))
    print(f"jobs   {ours / CHARACTERS:7.0f} tokens")
    print(f"bash   {plain / CHARACTERS:7.0f} tokens")
    print(f"ratio  {ours / plain:7.2f}   (aim below 1)")


def with_jobs(folder: Path) -> list[str]:
    """Type what the skill page teaches; returns every answer."""
    environment = {
        **os.environ,
        "SYGALDRY_STORAGE_ROOT": str(folder / "root"),
        "SYGALDRY_RUNTIME": "sandbox",
        "SYGALDRY_PROJECT_ID": "day",
        "AI_AGENT": "1",
    }

    def job(*words: str) -> str:
        done = subprocess.run([TOOL, *words], capture_output=True, text=True, check=False, env=environment)
        return done.stdout + done.stderr

    job("run", "--job", "first", "--quiet", "--wait", "60", "--", "true")  # makes the environment, once a machine
    answers = [job("run", "--job", name, "--quiet", "--", script) for name, script in GOOD.items()]
    answers += [job("status", "build-a", "build-b"), job("wait", "build-a", "build-b", "train", "--timeout", "570")]
    for name, script in FAILURES.items():
        answers.append(job("run", "--job", name, "--quiet", "--wait", "60", "--", script))
    answers += [job("list", "--since", "8h"), job("status", "compiler"), job("tail", "train", "--lines", "3")]
    return answers


def with_bash(folder: Path) -> list[str]:
    """Type what agents type without jobs; returns every answer."""
    answers = []
    for name, script in GOOD.items():
        answers += [_bash(folder, name, script), _tail(folder, name, 3), _tail(folder, name, 20)]
    for name, script in FAILURES.items():
        answers += [_bash(folder, name, script), _tail(folder, name, 20)]
        answers.append(_read(["grep", "-niE", "error|fatal|undefined", str(folder / f"{name}.log")])[-1200:])
    answers += [_read(["ls", "-la", str(folder)]), _tail(folder, "compiler", 10), _tail(folder, "train", 3)]
    return answers


def _bash(folder: Path, name: str, script: str) -> str:
    with (folder / f"{name}.log").open("wb") as log:
        code = subprocess.run(["bash", "-lc", script], stdout=log, stderr=log, check=False).returncode
    return f"exit code {code}\n"


def _tail(folder: Path, name: str, lines: int) -> str:
    return _read(["tail", "-n", str(lines), str(folder / f"{name}.log")])


def _read(words: list[str]) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    main()
