"""How often the cause is in the first tokens of an answer, beside tail and grep: python -m benchmarks.explain.

Reads ../shared/logs where it is there, else the project's own recorded set; `--logs FOLDER` names another, and
`--spack FOLDER` adds Spack's own log parser from a Spack checkout. Prints recall within 50 to 800 tokens, false
alarms and seconds per MB; how often the headline is right at each confidence; how often it is right for each of the
product's own tools; the first answers to newly recorded logs; and CPU time and memory for 50 MB and 1 GB. An answer is
right if it holds one alternative of each group that the label demands.
"""

import argparse
import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "src"))  # so that it also runs where the package is not installed
SHARED: Final = HERE.parents[1] / "shared" / "logs"
OWN: Final = HERE.parent / "tests" / "data" / "diagnosis"
BUDGETS: Final = (50, 100, 200, 400, 800)
CHARACTERS: Final = 3.6  # of a token, on average over logs
Tool = Callable[[Path, int, int], str]

# Families of the labels by kind.
_KINDS: Final = {
    "docker and podman builds": ("buildkit", "docker", "podman", "bk", "lg", "po"),
    "pip and uv": ("pip", "uv"),
    "CMake, make and ninja": ("cmake", "make", "ninja", "ctest", "gcc", "gxx", "cxx", "fortran", "gfortran", "ld"),
    "nvcc": ("nvcc",),
    "Bazel": ("bazel",),
    "pytest": ("pytest",),
    "torchrun": ("torchrun", "torchrun4", "torch"),
    "Hugging Face": ("hf",),
    "Slurm": ("slurm",),
    "Spack": ("spack",),
    "Apptainer": ("ap",),
}

_ALARM: Final = re.compile(r"(?i)error|fail|fatal|killed|traceback|exception|denied|cannot|refused|not found|no such")


def explain(log: Path, code: int, tokens: int) -> str:
    """Ask Sygaldry, as a user would but in this process."""
    from sygaldry.diagnosis import Facts
    from sygaldry.flows.job.explain_log import explain_source
    from sygaldry.host.logs import open_log

    return "\n".join(explain_source(open_log(str(log)), Facts(code), tokens).lines)


def tail(log: Path, _code: int, tokens: int) -> str:
    """The last characters that fit: what most people and most agents look at."""
    return log.read_text("utf-8", "replace")[-int(tokens * CHARACTERS) :]


def grep(log: Path, _code: int, tokens: int) -> str:
    """The last lines of `grep -i error` that fit."""
    found = subprocess.run(["grep", "-ai", "error", str(log)], capture_output=True, check=False).stdout
    return found.decode("utf-8", "replace")[-int(tokens * CHARACTERS) :]


def spack(folder: Path) -> Tool:
    """Spack's own log parser: the errors it finds, in its order."""
    program = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from spack.util.log_parse import parse_log_events, make_log_context\n"
        "errors, warnings = parse_log_events(sys.argv[1]); print(make_log_context(errors))"
    )
    paths = [str(folder / part) for part in ("lib/spack", "lib/spack/external", "lib/spack/external/_vendoring")]

    def asked(log: Path, _code: int, tokens: int) -> str:
        done = subprocess.run([sys.executable, "-c", program, str(log), *paths], capture_output=True, check=False)
        return done.stdout.decode("utf-8", "replace")[: int(tokens * CHARACTERS)]

    return asked


def normal(text: str) -> str:
    """Fold quotes, case and white space, so that only words count."""
    for sign in "\u2018\u2019\u201c\u201d`":
        text = text.replace(sign, "'")
    return re.sub(r"\s+", " ", re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)).strip().lower()


def is_right(label: Mapping[str, Any], answer: str) -> bool:
    """Tell whether an answer names what its label demands."""
    output = normal(answer)
    return all(any(normal(word) in output for word in group) for group in label["must_mention"])


def is_alarm(answer: str) -> bool:
    """Tell whether an answer blames something in a job that succeeded."""
    return "succeeded" not in answer[:200] and bool(_ALARM.search(answer))


def labelled(folder: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Read a set: labels beside the logs or in a folder of their own, logs plain or packed."""
    labels = folder / "labels" if (folder / "labels").is_dir() else folder
    for path in sorted(labels.glob("*.json")):
        plain, packed = folder / f"{path.stem}.log", folder / f"{path.stem}.log.gz"
        yield (
            json.loads(path.read_text()),
            plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes()),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=Path, default=SHARED if SHARED.is_dir() else OWN, help="the labelled logs")
    parser.add_argument("--spack", type=Path, help="a Spack checkout, to measure its log parser too")
    options = parser.parse_args()
    tools: dict[str, Tool] = {"sygaldry job explain": explain, "tail": tail, "grep -i error": grep}
    if options.spack:
        tools["spack's log parser"] = spack(options.spack)
    logs = list(labelled(options.logs))
    failing = sum(1 for label, _ in logs if not label.get("succeeded"))
    size = sum(len(raw) for _, raw in logs) / 1e6
    print(f"{options.logs.name}: {failing} failing logs, {len(logs) - failing} that succeeded, {size:.2f} MB")
    print(f"{'recall within tokens':24}" + "".join(f"{budget:>8}" for budget in BUDGETS) + f"{'alarms':>9}{'s/MB':>8}")
    for name, tool in tools.items():
        print(measured(name, tool, logs))
    print(calibration(logs))
    print(by_kind(OWN))
    print(first_runs(OWN))
    print(speed())


def calibration(logs: list[tuple[dict[str, Any], bytes]]) -> str:
    """How often the headline is right at each confidence. The headline is the sentence, its lines and the place."""
    from sygaldry import explain as engine
    from sygaldry.diagnosis import Facts, Memory

    counts: dict[str, list[int]] = {}
    for label, raw in logs:
        cause = engine.explain(Memory(raw), Facts(label["exit_code"]))
        if cause is None:
            continue
        headline = " ".join((cause.says, cause.where, *(line.text for line in cause.lines)))
        row = counts.setdefault(cause.confidence, [0, 0])
        row[0] += is_right(label, headline)
        row[1] += 1
    rows = [
        f"  {name:8}{right:>5} of {total:>4}{right / total:>8.1%}" for name, (right, total) in sorted(counts.items())
    ]
    return "\n".join(("headline right, by confidence", *rows))


def by_kind(folder: Path) -> str:
    """The headlines of the recorded logs of the product's own tools: all of them, and those of high confidence."""
    from sygaldry import explain as engine
    from sygaldry.diagnosis import Facts, Memory

    rows = ["recorded logs of the product's own tools    logs  headline  first line"]
    counts: dict[str, list[int]] = {kind: [0, 0, 0] for kind in _KINDS}
    for label, raw in labelled(folder):
        kind = next((kind for kind, names in _KINDS.items() if label["family"] in names), None)
        cause = engine.explain(Memory(raw), Facts(label["exit_code"])) if kind else None
        if kind is None or cause is None:
            continue
        headline = " ".join((cause.says, cause.where, *(line.text for line in cause.lines)))
        counts[kind][0] += 1
        counts[kind][1] += is_right(label, headline)
        counts[kind][2] += is_right(label, engine.answer(cause, 200)[0])
    total = [sum(column) for column in zip(*counts.values(), strict=True)]
    rows += [f"  {kind:42}{n:>4}{good:>10}{first:>12}" for kind, (n, good, first) in (*counts.items(), ("all", total))]
    return "\n".join(rows)


def first_runs(folder: Path) -> str:
    """The first answers to logs of our own, recorded in their labels, before anything was changed for them."""
    labels = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    rows = ["first run of newly recorded logs            logs  in 200 tokens  headline  of high confidence"]
    for when, name in (
        ("before the first run of the engine", ""),
        ("before the first run of the engine", "E"),
        ("while developing", ""),
    ):
        runs = [
            label["first_run"]
            for label in labels
            if label.get("labelled") == when and label.get("set", "") == name and "first_run" in label
        ]
        right, headline = (sum(run[key] for run in runs) for key in ("right", "headline"))
        high = [run["headline"] for run in runs if run["confidence"] == "high"]
        title = f"labelled {when}" + (f", set {name}" if name else "")
        rows.append(f"  {title:42}{len(runs):>4}{right:>15}{headline:>10}{sum(high):>12} of {len(high)}")
    return "\n".join(rows)


def speed() -> str:
    """CPU seconds and peak memory of whole processes for two lines, for 50 MB and for 1 GB, the fastest of three."""
    line = b"[1/9] gcc -O2 -Wall -Werror=format -c src/part.c -o obj/part.o\n"
    rows = ["speed                 CPU s   peak MiB"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.log"
        for name, size in (("2 lines", 0), ("50 MB", 50_000_000), ("1 GB", 1_000_000_000)):
            with path.open("wb") as file:
                for _ in range(size // (len(line) * 10_000)):
                    file.write(line * 10_000)
                file.write(b"src/a.c:7:3: error: 'struct job' has no member named 'nmae'\nmake: *** [all] Error 2\n")
            _process(HERE / "explain.py")  # sets up the environment of a new checkout
            runs = [_process(path) for _ in range(3)]
            rows.append(f"  {name:16}{min(cpu for cpu, _ in runs):>9.2f}{max(peak for _, peak in runs):>11.0f}")
    return "\n".join(rows)


# A process starts with the peak memory of the one that starts it (setmax_mm_hiwater_rss in Linux's fs/exec.c), and this
# one is large by now: a small one in between starts and measures it.
_MEASURED: Final = """
import os, sys
silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
usage = os.wait4(pid, 0)[2]
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""


def _process(path: Path) -> tuple[float, float]:
    command = [str(HERE.parent / "tools" / "sygaldry"), "job", "explain", "--log", str(path), "--rc", "2"]
    done = subprocess.run([sys.executable, "-SIc", _MEASURED, *command], stdout=subprocess.PIPE, check=True, text=True)
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak / 1024


def measured(name: str, tool: Tool, logs: list[tuple[dict[str, Any], bytes]]) -> str:
    """One row of the table."""
    right = dict.fromkeys(BUDGETS, 0)
    alarms, seconds = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.log"
        for label, raw in logs:
            path.write_bytes(raw)
            for budget in BUDGETS:
                start = time.perf_counter()
                answer = tool(path, label["exit_code"], budget)
                seconds += time.perf_counter() - start
                if label.get("succeeded"):
                    alarms += is_alarm(answer) and budget == 200
                else:
                    right[budget] += is_right(label, answer[: int(budget * CHARACTERS)])
    failing = sum(1 for label, _ in logs if not label.get("succeeded"))
    size = sum(len(raw) for _, raw in logs) / 1e6
    row = "".join(f"{right[budget] / failing:>8.1%}" for budget in BUDGETS)
    return f"{name:24}{row}{alarms:>9}{seconds / len(BUDGETS) / size:>8.3f}"


if __name__ == "__main__":
    main()
