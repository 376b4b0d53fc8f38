"""Run a program with everything it starts as one group that ends together, also when we are killed."""

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

_ENDINGS = (signal.SIGTERM, signal.SIGHUP)
_PATIENCE_S = 10


class Stopped(Exception):  # noqa: N818 - what happened, not what is wrong
    """Somebody asked us to end; carries the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def watched(command: Command, output: IO[bytes], period_s: float) -> Generator[int | None, None, None]:
    """Run to the end; yields None every period, and last the exit code. Its group is gone when this is closed.

    SIGTERM and SIGHUP to us are raised as Stopped, so that the group is ended on the way out. A fork stays behind
    as watchman for the case that we are killed: Spack's children would otherwise go on, and their work be lost.
    """
    before = {number: signal.signal(number, _stop) for number in _ENDINGS}
    child = subprocess.Popen(
        command.argv,
        env=environment_of(command, os.environ),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    released = _watchman(child.pid)
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
    raise Stopped(number)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Interrupt the group, which lets Spack clean up (0.5 s), then kill what is left of it."""
    if child.poll() is None:
        _send(child.pid, signal.SIGINT)
        deadline = time.monotonic() + _PATIENCE_S
        while child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
    _send(child.pid, signal.SIGKILL)
    child.wait()


def _send(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _watchman(group: int) -> int:
    """Leave a process behind that kills the group unless it is released through the descriptor returned."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(reader)
        return writer
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.dup2(reader, 3)
        os.closerange(4, 1024)
        if not os.read(3, 1):
            _send(group, signal.SIGKILL)
    finally:
        os._exit(0)
