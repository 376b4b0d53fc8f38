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
    child = os.fork()
    if not child:
        _run(act)
    before = {number: signal.signal(number, lambda number, _: _send(child, number)) for number in _FORWARDED}
    try:
        _, status = os.waitpid(child, 0)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def _run(act: Callable[[], int]) -> None:
    code = NOT_STARTED
    try:
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
