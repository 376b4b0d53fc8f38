"""Start a sandboxed command, hand signals on to it, and answer with its exit code.

bubblewrap hands no signals on and dies of them, taking the command along without a chance to clean up. So it is
started with them ignored, an `env` inside restores them for the command, and we send them to the command itself.
"""

import os
import signal
import subprocess
from dataclasses import dataclass
from json import loads
from pathlib import Path
from types import FrameType
from typing import Final

from sygaldry.host.run import environment_of
from sygaldry.model.command import Command

HANDED_ON: Final = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
)


@dataclass(frozen=True)
class Ended:
    """How it ended: whether the command ran at all, and its exit code (128+n for a signal)."""

    started: bool
    returncode: int


def attend(command: Command) -> Ended:
    """Run a command that reports on its only descriptor as `bwrap --json-status-fd` does.

    Returns when everything inside is gone. A kill of this process ends the command, by `--die-with-parent`.
    """
    (descriptor,) = command.descriptors
    reader, writer = os.pipe()
    os.dup2(writer, descriptor)
    os.close(writer)
    pending: list[int] = []
    before = {number: signal.signal(number, lambda number, _: pending.append(number)) for number in HANDED_ON}
    try:
        child = subprocess.Popen(
            command.argv,
            env=environment_of(command, os.environ),
            pass_fds=(descriptor,),
            # In the child only: an ignored signal stays ignored in what it starts.
            preexec_fn=_ignore_signals,  # noqa: PLW1509 - there are no threads
        )
        os.close(descriptor)
        status = _attended(child, reader, pending)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
    returncode = child.returncode
    if status is not None:
        return Ended(True, status)
    return Ended(False, returncode if returncode >= 0 else 128 - returncode)


def _ignore_signals() -> None:
    for number in HANDED_ON:
        signal.signal(number, signal.SIG_IGN)


def _attended(child: "subprocess.Popen[bytes]", reader: int, pending: list[int]) -> int | None:
    """Hand signals on until the child is gone; return the exit code of the command if it ran."""
    said = bytearray()
    namespace = 0

    def hand_on(number: int, _: FrameType | None = None) -> None:
        for pid in _children(namespace):
            _send(pid, number)

    while chunk := os.read(reader, 4096):
        said += chunk
        if not namespace and b"\n" in said:
            namespace = int(loads(said.split(b"\n")[0]).get("child-pid", 0))
            for number in HANDED_ON:
                signal.signal(number, hand_on)
            for early in pending:
                _when_started(namespace, early)
    child.wait()
    return _exit_code(said)


def _exit_code(said: bytes | bytearray) -> int | None:
    for line in said.splitlines():
        told = loads(line)
        if "exit-code" in told:
            return int(told["exit-code"])
    return None


def _when_started(namespace: int, number: int) -> None:
    """Deliver a signal that came before there was a command to receive it."""
    for pid in _children(namespace) or (namespace,):
        _send(pid, signal.SIGKILL if pid == namespace else number)


def _children(pid: int) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    except OSError:
        return ()


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
