"""What an installed `sygaldry` runs: a question about a job goes to `zephyr_job` beside it, which answers in 2 ms."""

from __future__ import annotations

import os
import sys

from sygaldry.cli._interrupts import repeat_dropped_interrupts

_ASKED = "_SYGALDRY_ASKED"  # zephyr_job has no short answer, and calls us back
_SHORT = (["job", "status"], ["job", "wait"])


def main() -> int:
    """Run the command line; returns the exit code."""
    was_asked = os.environ.pop(_ASKED, "")
    if sys.argv[1:3] in _SHORT and not was_asked:
        _ask(f"{os.path.dirname(sys.argv[0])}/zephyr_job")
    repeat_dropped_interrupts()  # before the other imports, during which Python drops most of them
    from sygaldry.cli._main import main as run

    return run()


def _ask(program: str) -> None:
    """Become the program that has the short answer; return if it is not there, or cannot run here."""
    from sygaldry.host.run import replace_process
    from sygaldry.model.command import Command

    if not program.startswith("/"):
        return
    os.environ[_ASKED] = "1"
    try:
        replace_process(Command((program, *sys.argv[2:])))
    except OSError:
        del os.environ[_ASKED]
