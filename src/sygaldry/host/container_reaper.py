"""Remove a container whose client was killed; the engine would keep it running."""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os
import select
from time import sleep

from sygaldry.host.run import run
from sygaldry.model.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.command import Command

_REMOVE_ATTEMPTS = 3  # an engine may still be creating the container when its client dies
_LOOKS = 2  # after two without a container, the engine has removed it itself


def remove_container_on_exit(remove: Command, find: Command | None = None) -> None:
    """Fork a watcher that runs `remove` when this process, or the program it execs, has exited.

    With `find`, `remove` gets the container ids that `find` prints, because a name could belong to another container.

    A fork costs 1 ms; a new interpreter would cost 20 ms.
    """
    watched = os.getpid()
    if os.fork():
        return
    try:
        os.setsid()
        _close_files()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _wait_for_end(watched)
        _remove(remove, find)
    finally:
        os._exit(0)


def _remove(remove: Command, find: Command | None) -> None:
    """Remove the container. One that is not there is looked for again: `rm --force` succeeds for a missing one."""
    found_nothing = 0
    for attempt in range(_REMOVE_ATTEMPTS):
        if attempt:
            sleep(1)
        found = tuple(run(find).out.split()) if find else ()
        ended = run(replace(remove, argv=(*remove.argv, *found))) if found or not find else None
        if ended and ended.ok and ended.out.strip():
            return
        found_nothing += ended is None or ended.ok
        if found_nothing == _LOOKS:
            return


def _close_files() -> None:
    """Close our output, so that its readers see end of file when the command exits."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, 256)


def _wait_for_end(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:  # before Linux 5.3
        while os.getppid() == pid:
            sleep(0.25)
        return
    select.select([descriptor], [], [])
