"""Remove a container whose launcher was killed; the engine would keep it running."""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os
from time import sleep

from sygaldry.host.run import run
from sygaldry.model.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.command import Command

# An engine may still be creating the container when its client is killed; a busy one takes seconds.
_PAUSES_S: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
_PAUSES_AFTER_END_S = (0.0, 1.0)
_RELEASED, _ENDED = b"released\n", b"ended\n"


class ContainerReaper:
    """A forked process that removes a container when this process ends without releasing it.

    With `find`, `remove` gets the container ids that `find` prints, because a name could belong to another container.
    A fork costs 1 ms; a new interpreter would cost 20 ms.
    """

    def __init__(self, remove: Command, find: Command | None = None) -> None:
        reader, self._writer = os.pipe()
        if os.fork():
            os.close(reader)
            return
        try:
            _detach(reader)
            _reap(remove, find)
        finally:
            os._exit(0)

    def watch(self, client: int) -> None:
        """Kill this client, too, so that it does not start what it has created."""
        self._send(b"%d\n" % client)

    def report_end(self) -> None:
        """Report that the client has ended by itself, so that its engine creates nothing any more."""
        self._send(_ENDED)

    def release(self) -> None:
        """End the reaper: the container is gone."""
        self._send(_RELEASED)

    def _send(self, line: bytes) -> None:
        try:
            os.write(self._writer, line)
        except BrokenPipeError:  # the reaper was killed
            return


def _detach(reader: int) -> None:
    """Close our output, so that its readers see end of file when the command exits, and keep the pipe as 3."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.dup2(reader, 3)
    os.closerange(4, 256)


def _reap(remove: Command, find: Command | None) -> None:
    client, pauses_s = -1, _PAUSES_S
    for line in open(3, "rb", buffering=0, closefd=False):  # noqa: SIM115 - ends with the process
        if line == _RELEASED:
            return
        if line == _ENDED:
            client, pauses_s = -1, _PAUSES_AFTER_END_S
        else:
            client = _process_descriptor(int(line))
    if client >= 0:
        _kill(client)
    _remove(remove, find, pauses_s)


def _kill(client: int) -> None:
    try:
        signal.pidfd_send_signal(client, signal.SIGKILL)
    except ProcessLookupError:
        return


def _process_descriptor(pid: int) -> int:
    """Return a descriptor of a process, whose number may belong to another one later."""
    try:
        return os.pidfd_open(pid)
    except OSError:  # before Linux 5.3, or it has ended
        return -1


def _remove(remove: Command, find: Command | None, pauses_s: tuple[float, ...] = _PAUSES_S) -> None:
    """Remove the container. One that is not there is looked for again: `rm --force` succeeds for a missing one."""
    for pause_s in pauses_s:
        sleep(pause_s)
        found = tuple(run(find).out.split()) if find else ()
        ended = run(replace(remove, argv=(*remove.argv, *found))) if found or not find else None
        if ended and ended.ok and ended.out.strip():
            return
