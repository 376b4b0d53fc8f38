"""How well labelled logs are explained with other output around them: python -m benchmarks.disturbed FOLDER...

The folders are those of `python -m benchmarks.heldout`. Each failing log with a right headline is explained again with
a prefix before every line, with errors above that the job survived, or with what follows a failure below. Prints, for
each such disturbance, how many headlines stay right and how many wrong ones have high confidence.
"""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.explain import labelled
from benchmarks.heldout import measured

LARGEST: Final = 60_000  # bytes of a log
PACKED: Final = (b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")
PREFIXES: Final[Mapping[str, str]] = {
    "compose": "builder   | ",
    "nix": "grid-2.1> ",
    "syslog": "Jun 01 10:11:{at:02} node17 build.sh[2213]: ",
    "Kubernetes": "2025-06-01T10:11:{at:02}.123456789Z stdout F ",
    "seconds": "[{at:9}.125s] ",
    "logger": "2025-06-01 10:11:{at:02}.123 | INFO     | runner:run:88 - ",
    "host": "gpu017: ",
    "quotation": "> ",
    "indented": "    ",
}
ABOVE: Final[Mapping[str, str]] = {
    "rm": "rm: cannot remove 'objects': No such file or directory",
    "git": "fatal: not a git repository (or any of the parent directories): .git\ncat: VERSION: No such file",
    "modules": "slurm_script: line 14: module: command not found\nls: cannot access '/opt': No such file or directory",
    "Lmod": 'Lmod has detected the following error: The following module(s) are unknown: "fftw/3.3"',
    "cache image": "Error response from daemon: manifest for cache:main not found: manifest unknown\nno cache",
    "apt": "E: Unable to locate package liblegacy-dev\noptional packages are not available",
    "probe": "conftest.c:12:10: fatal error: curses.h: No such file or directory\ncompilation terminated.",
    "pkg-config": "Package libpng was not found in the pkg-config search path.\nNo package 'libpng' found",
    "make": "make: git: No such file or directory\nmake: pkg-config: Command not found",
    "mirror": "curl: (22) The requested URL returned error: 404\nfalling back to the mirror",
    "ignored": "error: could not load the cached configuration, using defaults",
    "verdict": "=== SUMMARY ===\nStatus: FAILED\n===============",
}
BELOW: Final[Mapping[str, str]] = {
    "script's verdict": "ERROR: build.sh failed at step 3 with exit code 1",
    "abort": "[ERROR] Command failed: ./run_all.sh\n[ERROR] Aborting.",
    "seff": "Job ID: 4402\nState: FAILED (exit code 1)\nCPU Utilized: 00:01:02\nMemory Utilized: 1.00 GB",
    "sacct": "---- job epilogue ----\nJobID    JobName    State ExitCode\n4402     mesh       FAILED   1:0",
    "srun": "srun: error: node017: task 0: Exited with exit code 1",
    "clean-up": "cleaning up\nrm: cannot remove '/tmp/lock': No such file or directory\numount: /mnt/x: not mounted.",
    "program missed": "./run.sh: line 22: ./build/app: No such file or directory",
    "target missed": "make: *** No rule to make target 'install'.  Stop.",
    "shell": "user@node17:~/project$ ",
}


def disturbed(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Return each disturbance with the log it makes of one."""
    lines = raw.decode("utf-8", "surrogateescape").rstrip("\n").split("\n")
    for name, prefix in PREFIXES.items():
        yield f"prefix: {name}", _encoded([prefix.format(at=at % 60) + line for at, line in enumerate(lines)])
    for name, text in ABOVE.items():
        yield f"above: {name}", _encoded([text, *lines])
    for name, text in BELOW.items():
        yield f"below: {name}", _encoded([*lines, text])


def _encoded(lines: list[str]) -> bytes:
    return "\n".join([*lines, ""]).encode("utf-8", "surrogateescape")


def explained(folder: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Return the failing logs of a set whose headline is right as they are."""
    for label, raw in labelled(folder):
        plain = len(raw) <= LARGEST and not raw.startswith(PACKED)
        if plain and not label.get("succeeded") and measured(label, raw).headline:
            yield label, raw


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, help="a folder of labelled logs")
    parser.add_argument("--every", type=int, default=1, help="take one log in so many")
    options = parser.parse_args()
    logs = [each for folder in options.folders for each in explained(folder)][:: options.every]
    counts: dict[str, list[int]] = {}
    for label, raw in logs:
        for name, changed in disturbed(raw):
            result = measured(label, changed)
            count = counts.setdefault(name, [0, 0])
            count[0] += result.headline
            count[1] += result.misled and result.confidence == "high"
    print(f"{len(logs)} logs with a right headline       still right   wrong at high confidence")
    for name, (right, misled) in counts.items():
        print(f"  {name:30}{right:>12}{right / len(logs):>8.1%}{misled:>12}")
    total = len(logs) * max(len(counts), 1)
    right, misled = (sum(count[at] for count in counts.values()) for at in (0, 1))
    print(f"  {'all':30}{right:>12}{right / total:>8.1%}{misled:>12}")


if __name__ == "__main__":
    main()
