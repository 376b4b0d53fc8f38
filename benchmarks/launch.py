"""What the launcher adds: over `docker run` and bubblewrap with the very same arguments, and over a bare Python.

    python -m benchmarks.launch [TURNS]

The docker rows need an engine; the image is the one of the settings, or one without toolchains that is made here.
Each plain command is the line that `--dry-run` prints.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.ratio import in_turns, table

CHECKOUT = Path(__file__).resolve().parents[1]
LAUNCHER = str(CHECKOUT / "container" / "launch_container.sh")
SYGALDRY = str(CHECKOUT / "tools" / "sygaldry")


def works(runtime: str) -> bool:
    """Tell whether a runtime works here."""
    output = subprocess.run([SYGALDRY, "runtimes", "--json"], capture_output=True, text=True, check=True).stdout
    return bool(json.loads(output)["data"]["runtimes"][runtime]["works"])


def plain(runtime: str) -> list[str]:
    """Return the command line that a launch becomes; a shell opens the descriptor that bubblewrap reports on."""
    dry = subprocess.run(
        [LAUNCHER, "-q", "--runtime", runtime, "--dry-run", "--", "true"], capture_output=True, text=True, check=True
    ).stdout
    # Without a name, so that the line can be used again and again.
    words = dry.split(" --name ")
    line = dry if len(words) == 1 else f"{words[0]} {words[1].split(' ', 1)[1]}"
    return ["sh", "-c", f"exec {line}"]


def compared(title: str, commands: dict[str, list[str]], turns: int) -> None:
    """Print one table whose first row is the base."""
    print(f"{title}, {turns} turns")
    print(table(in_turns(commands, turns), next(iter(commands))), end="\n\n")


def main(turns: int) -> None:
    """Measure everything that works on this machine."""
    compared(
        "start-up",
        {
            "python -c pass": [sys.executable, "-c", "pass"],
            "python -I -c pass": [sys.executable, "-I", "-c", "pass"],
            "launch --help": [LAUNCHER, "--help"],
            "launch --version of the shim": [SYGALDRY, "--version"],
        },
        turns,
    )
    with TemporaryDirectory(prefix="sygaldry-benchmark-") as root:
        os.environ["SYGALDRY_STORAGE_ROOT"] = root
        sandbox = {}
        if works("sandbox"):
            subprocess.run([LAUNCHER, "-q", "--runtime", "sandbox", "--", "true"], check=True)
            sandbox = {"launch --runtime sandbox": [LAUNCHER, "-q", "--runtime", "sandbox", "--", "true"]}
            compared("sandbox", {"bwrap, same arguments": plain("sandbox"), **sandbox}, turns)
        if works("docker"):
            subprocess.run([LAUNCHER, "-q", "--runtime", "docker", "--", "true"], check=True)
            docker = {"launch --runtime docker": [LAUNCHER, "-q", "--runtime", "docker", "--", "true"]}
            compared("docker", {"docker run, same arguments": plain("docker"), **docker, **sandbox}, turns)
            # A container takes ten times as long to start as the launcher, and varies more than it takes in all.
            stub = Path(root, "docker")
            stub.symlink_to("/bin/true")
            os.environ["PATH"] = f"{root}:{os.environ['PATH']}"
            compared("docker, its client replaced by /bin/true", {"docker run": plain("docker"), **docker}, turns)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
