"""Run a client that stays in the foreground, forward signals to it, and learn whether its command started.

A client such as Apptainer's exits with 255 for its own failures, which a command may do as well. `report-start.sh`
therefore writes to a descriptor immediately before the command starts.
It calls fork and exec directly, because importing subprocess would cost every launch 24 ms.
"""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os
import select

from sygaldry.host.foreground import FORWARDED_SIGNALS, ForegroundExit
from sygaldry.host.run import environment_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.command import Command

_CANNOT_START = 127
_FROM_KERNEL = 0x80  # SI_KERNEL: the terminal sent it, and it sent it to the client as well


def run_attached(command: Command, *, outlives_us: bool = False) -> ForegroundExit:
    """Run a client to its end. Its only descriptor is open for writing and reports the start of the command.

    If this process is killed, the client is killed, too, unless it `outlives_us` as a job does.
    """
    reader, writer = os.pipe()
    awaited = {*FORWARDED_SIGNALS, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    try:
        child = os.fork()
        if not child:
            _exec_client(command, writer, before)
        os.close(writer)
        if not outlives_us:
            _kill_with_this_process(child)
        status = _wait(child, awaited)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    os.set_blocking(reader, False)
    code = os.waitstatus_to_exitcode(status)
    started = _has_reported(reader)
    os.close(reader)
    return ForegroundExit(started, 128 - code if code < 0 else code)


def _wait(child: int, awaited: set[int]) -> int:
    """Return the wait status of the client; signals that a process sent to us are forwarded to it."""
    while True:
        received = signal.sigwaitinfo(awaited)
        if received.si_signo != signal.SIGCHLD:
            if received.si_code != _FROM_KERNEL:
                os.kill(child, received.si_signo)
            continue
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status


def _kill_with_this_process(client: int) -> None:
    """Leave a process behind that kills the client if we are killed; it ends with the client otherwise."""
    watched = os.getpid()
    if os.fork():
        return
    try:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.closerange(3, 256)
        ours, theirs = os.pidfd_open(watched), os.pidfd_open(client)
        ended, _, _ = select.select([ours, theirs], [], [])
        if theirs not in ended:
            os.kill(client, signal.SIGKILL)
    finally:
        os._exit(0)


def _has_reported(reader: int) -> bool:
    try:
        return bool(os.read(reader, 1))
    except BlockingIOError:  # a process of the command outlived the client and holds the descriptor
        return False


def _exec_client(command: Command, writer: int, mask: set[int]) -> None:
    """In the child: restore the signal mask, which exec preserves, and exec the client."""
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        (descriptor,) = command.descriptors
        os.dup2(writer, descriptor, inheritable=True)
        for held in command.holds:
            os.set_inheritable(held, True)
        environment = environment_of(command, os.environ)
        os.execve(command.argv[0], command.argv, os.environ if environment is None else environment)  # noqa: S606
    except OSError as error:
        os.write(2, f"sygaldry: cannot start {command.argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(_CANNOT_START)
