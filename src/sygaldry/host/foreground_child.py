"""Run a program in the foreground with our own streams, hand on signals, and return its exit code."""

from __future__ import annotations

import os
import signal

from sygaldry.host.child_process import wait_and_forward
from sygaldry.host.foreground import FORWARDED_SIGNALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.command import Command

_CANNOT_START = 127


def run_child(command: Command) -> int:
    """Run it to its end; 128+n after signal n, 127 if it cannot be started."""
    awaited = {*FORWARDED_SIGNALS, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    try:
        pid = os.fork()
        if not pid:
            _exec(command, before)
        code = wait_and_forward(pid, awaited)
        return 128 - code if code < 0 else code
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _exec(command: Command, mask: set[signal.Signals] | set[int]) -> None:
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for held in command.holds:
            os.set_inheritable(held, True)
        os.execvp(command.argv[0], command.argv)  # noqa: S606 - an argument list, no shell
    except OSError as error:
        os.write(2, f"sygaldry: cannot start {command.argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(_CANNOT_START)
