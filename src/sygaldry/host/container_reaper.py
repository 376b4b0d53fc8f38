"""End a container whose client was killed: an engine would let it run on for ever."""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os
import select
from time import sleep

from sygaldry.host.run import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.command import Command

_PATIENCE_S = 3  # an engine may still be creating the container when its client dies


def end_with_this_process(remove: Command) -> None:
    """Leave a watchman behind that runs `remove` once this process, or what it becomes by exec, is gone.

    A fork of one thread with nothing to do: it costs 1 ms and no start of an interpreter.
    """
    watched = os.getpid()
    if os.fork():
        return
    try:
        os.setsid()
        _let_go_of_files()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _wait_for_end(watched)
        for _ in range(_PATIENCE_S):
            if run(remove).ok:
                break
            sleep(1)
    finally:
        os._exit(0)


def _let_go_of_files() -> None:
    """Close what readers of our output wait for to be closed."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.closerange(3, 256)


def _wait_for_end(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:  # before Linux 5.3
        while os.getppid() == pid:
            sleep(0.25)
        return
    select.select([descriptor], [], [])
