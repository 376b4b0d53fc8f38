"""Wait for what a build does, and hold a build in the middle for as long as a test looks at it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

# As long as a busy machine may take: what never happens is what the deadline is for.
DEADLINE_S: Final = 1200


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until the condition is true; `what` is named where it never is."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


def processes_with_numbers(folder: Path) -> dict[int, str]:
    """Map the number of every process that works on the folder to its command line, ourselves excepted."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            place = str((process / "cwd").readlink())
        except OSError:
            continue
        if int(process.name) != os.getpid() and (str(folder) in line or place.startswith(str(folder))):
            found[int(process.name)] = line
    return found


def processes_in(folder: Path) -> list[str]:
    """Name every process that works on the folder, ourselves excepted."""
    return list(processes_with_numbers(folder).values())


@contextmanager
def held_in_the_middle(folder: Path) -> Iterator[None]:
    """Wait until tiny-slow is being built, and stop the clock of its `sleep 6` until the end of the block."""

    def sleeping() -> list[int]:
        return [pid for pid, line in processes_with_numbers(folder).items() if line == "sleep 6 "]

    wait_for(sleeping, "tiny-slow, which sleeps while it is built")
    stopped = sleeping()
    assert stopped, "tiny-slow was built before it could be held"
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
