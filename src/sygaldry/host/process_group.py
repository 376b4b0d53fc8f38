"""Run a program as a process group that is ended as a whole, even when this process is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import IO, TYPE_CHECKING

from sygaldry.host.run import environment_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType

    from sygaldry.model.command import Command

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_GRACE_PERIOD_S = 10


class StopSignal(Exception):  # noqa: N818 - an event, not an error
    """A request to stop this process; carries the signal number."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def run_in_group(command: Command, output: IO[bytes], period_s: float) -> Generator[int | None, None, None]:
    """Run a program to its end; yield None every period, and the exit code last. Closing ends the group.

    SIGTERM and SIGHUP are raised as StopSignal, so that the group is ended on the way out. A forked watcher ends the
    group if this process is killed; otherwise Spack's children would go on and their results would be lost.
    """
    before = {number: signal.signal(number, _stop) for number in _STOP_SIGNALS}
    child = subprocess.Popen(
        command.argv,
        env=environment_of(command, os.environ),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    released = _fork_watcher(child.pid)
    try:
        while True:
            try:
                yield child.wait(period_s)
            except subprocess.TimeoutExpired:
                yield None
            else:
                return
    finally:
        _end(child)
        os.write(released, b".")
        os.close(released)
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: FrameType | None) -> None:
    raise StopSignal(number)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Interrupt the group, which lets Spack clean up (0.5 s), then kill the remaining processes."""
    if child.poll() is None:
        _send(child.pid, signal.SIGINT)
        deadline = time.monotonic() + _GRACE_PERIOD_S
        while child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
    _send(child.pid, signal.SIGKILL)
    child.wait()


def _send(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _fork_watcher(group: int) -> int:
    """Fork a process that kills the group unless a byte is written to the returned descriptor."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(reader)
        return writer
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.dup2(reader, 3)
        os.closerange(4, 1024)
        if not os.read(3, 1):
            _send(group, signal.SIGKILL)
    finally:
        os._exit(0)
