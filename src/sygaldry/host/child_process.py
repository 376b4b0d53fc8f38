"""Run a part of this program in a child process that signals reach, with its output on standard error."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from sygaldry.model.errors import SygaldryError
from sygaldry.model.exit_codes import NOT_STARTED

if TYPE_CHECKING:
    from collections.abc import Callable

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def run_in_child(act: Callable[[], int]) -> int:
    """Return the exit code of `act`, or of the program that the child becomes in it; 128+n after signal n.

    Its standard input is empty, and its standard output is our standard error: ours belongs to the command of a launch.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    # Blocked and waited for: a handler in Python would not run until waitpid returns if its signal came just before it.
    awaited = {*_FORWARDED, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    try:
        child = os.fork()
        if not child:
            _run(act, before)
        code = wait_and_forward(child, awaited)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return 128 - code if code < 0 else code


def wait_and_forward(child: int, awaited: set[signal.Signals]) -> int:
    """Return the exit code of a child, or minus a signal; send it the other signals of `awaited`, which are blocked."""
    while True:
        number = signal.sigwait(awaited)
        if number != signal.SIGCHLD:
            _send(child, number)
            continue
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)


def _run(act: Callable[[], int], mask: set[signal.Signals] | set[int]) -> None:
    code = NOT_STARTED
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        code = act()
    except (SygaldryError, OSError) as error:
        os.write(2, f"sygaldry: {error}\n".encode("utf-8", "replace"))
    finally:
        os._exit(code)


def _send(child: int, number: int) -> None:
    try:
        os.kill(child, number)
    except ProcessLookupError:  # it has just ended
        return
