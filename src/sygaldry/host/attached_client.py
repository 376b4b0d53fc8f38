"""Run a client that stays in the foreground, signal its command, and learn whether the command started.

A client such as Apptainer's exits with 255 for its own failures, which a command may do as well. `report-start.sh`
therefore writes to a descriptor immediately before the command starts. Until then a signal ends the launch, because the
client would drop it; from then on it goes to the command itself, the child of the first process in its namespace.
It calls fork and exec directly, because importing subprocess would cost every launch 24 ms.
"""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os
from time import monotonic

from sygaldry.host.client_reaper import ClientReaper
from sygaldry.host.foreground import ForegroundExit, forwarded_signals
from sygaldry.host.process_status import children, find_namespace_init
from sygaldry.host.run import environment_of
from sygaldry.host.start_chain import StartChain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.command import Command

_CANNOT_START = 127
_FROM_KERNEL = 0x80  # SI_KERNEL: the terminal sent it, and it sent it to the command as well
_RETRY_S = 0.01


def run_attached(command: Command, entrypoint: tuple[str, ...] = (), *, outlives_us: bool = False) -> ForegroundExit:
    """Run a client to its end. Its only descriptor is open for writing and reports the start of the command.

    If this process is killed, the client is killed, too, unless it `outlives_us` as a job does.
    """
    reader, writer = os.pipe()
    awaited = {*forwarded_signals(), signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    try:
        reaper = ClientReaper(lambda: _exec_client(command, writer, before), outlives_us=outlives_us)
        os.close(writer)
        os.set_blocking(reader, False)
        client = _Client(reaper, reader, StartChain(entrypoint))
        code = client.wait(awaited)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    started = client.has_started() or client.was_ended
    os.close(reader)
    return ForegroundExit(started, 128 - code if code < 0 else code)


class _Client:
    """A client that runs, and the signals on their way to its command."""

    def __init__(self, reaper: ClientReaper, reader: int, chain: StartChain) -> None:
        self.was_ended = False
        self._reaper = reaper
        self._reader = reader
        self._chain = chain
        self._ended_by = 0
        self._started = False
        self._waiting: list[int] = []
        self._due_since = monotonic()

    def wait(self, awaited: set[int]) -> int:
        """Return the exit code of the client, or minus the number of a signal."""
        while True:
            received = (
                signal.sigtimedwait(awaited, _RETRY_S)
                if self._waiting or self._chain.is_watching()
                else signal.sigwaitinfo(awaited)
            )
            if received is None:
                self._deliver()
            elif received.si_signo == signal.SIGCHLD:
                code = self._reaper.poll()
                if code is not None:
                    return -self._ended_by if self.was_ended else code
            elif not self.has_started():
                self._end(received.si_signo)
            elif received.si_code != _FROM_KERNEL:
                self._waiting.append(received.si_signo)
                self._due_since = monotonic()
                self._deliver()

    def has_started(self) -> bool:
        """Return whether the command has started, as far as is reported."""
        if not self._started:
            try:
                self._started = bool(os.read(self._reader, 1))
            except BlockingIOError:  # a process of the command outlived the client and holds the descriptor
                return False
        return self._started

    def _end(self, number: int) -> None:
        """Kill the client before its command starts."""
        if not self.was_ended:
            self.was_ended, self._ended_by = True, number
            self._reaper.kill_client()

    def _deliver(self) -> None:
        """Send what the command does not ignore, as bash ignores SIGQUIT until it becomes the command."""
        commands = children(find_namespace_init(self._reaper.client))
        self._waiting.extend(self._chain.missed())
        for number in tuple(self._waiting):
            if self._chain.must_wait(number, commands, self._due_since):
                continue
            self._waiting.remove(number)
            self._chain.expect(number, commands)
            for pid in commands or (self._reaper.client,):
                _send(pid, number)


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


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
