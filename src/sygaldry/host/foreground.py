"""Run a sandboxed command in the foreground: forward signals to it and return its exit code.

bubblewrap does not forward signals: it dies and kills the command without a chance to clean up. So bubblewrap starts
with these signals ignored, `restore-signals.sh` restores the defaults for the command, and this module signals the
command itself. A signal that came between two looks would be noticed only after the next event if the wait were a
read; therefore the wait is a poll, which a descriptor ends that Python writes to at every signal.
It calls fork and exec directly, because importing subprocess would cost every launch 24 ms.
"""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import fcntl
import os
import select
from time import monotonic

from sygaldry.host.process_status import children
from sygaldry.host.run import environment_of
from sygaldry.host.start_chain import StartChain
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.model.command import Command

FORWARDED_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_CANNOT_START = 127
_RETRY_MS = 3
_SLOW_RETRY_MS = 50
_QUICK_TRIES = 1000
_OUT_OF_THE_WAY = 64  # above the descriptors that a sandbox is started with and those of locks


@dataclass(frozen=True)
class ForegroundExit:
    """Whether the command started, and its exit code (128+n for a signal)."""

    started: bool
    returncode: int


def forwarded_signals() -> tuple[int, ...]:
    """Return the signals that are forwarded: all but those that our caller ignores, as nohup does."""
    return tuple(number for number in FORWARDED_SIGNALS if signal.getsignal(number) != signal.SIG_IGN)


def run_in_foreground(command: Command, entrypoint: tuple[str, ...] = ()) -> ForegroundExit:
    """Run a command that reports on its only descriptor as `bwrap --json-status-fd` does.

    `entrypoint` are the words that become the command. Returns when all processes inside have exited. If this process
    is killed, `--die-with-parent` ends the command.
    """
    reader, writer = os.pipe()
    gate, opened = os.pipe()
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    received: list[int] = []
    woken_before = signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    before = {
        number: signal.signal(number, lambda number, _: received.append(number)) for number in forwarded_signals()
    }
    try:
        child = os.fork()
        if not child:
            _exec_sandbox(command, writer, gate)
        os.close(writer)
        os.close(gate)
        try:
            forwarder = _Forwarder(received, StartChain(entrypoint))
            status_lines = _read_status_and_forward(
                reader, woken, forwarder, lambda pid: _open_gate(command, pid, opened)
            )
        finally:
            _, status = os.waitpid(child, 0)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(woken_before)
        for descriptor in (reader, opened, woken, waker):
            os.close(descriptor)
    code = _number_after(status_lines, b'"exit-code"')
    if code >= 0:
        return ForegroundExit(True, code)
    # A sandbox that was killed did start, although no exit code was reported.
    was_killed = os.WIFSIGNALED(status) and _number_after(status_lines, b'"child-pid"') >= 0
    return ForegroundExit(was_killed, _shell_code(os.waitstatus_to_exitcode(status)))


def _open_gate(command: Command, pid: int, opened: int) -> None:
    """Attach the network of a sandbox that waits for it, and let it go on."""
    if command.attach:
        from sygaldry.host.sandbox_network import attach_network

        try:
            attach_network(command.attach, pid)
        except BaseException:
            _send(pid, signal.SIGKILL)  # before the gate is closed, which would let the command start
            raise
        try:
            os.write(opened, b"1")
        except BrokenPipeError:  # it has failed meanwhile, which its exit code shows
            return


def _exec_sandbox(command: Command, writer: int, gate: int) -> None:
    """In the child: ignore the forwarded signals, which exec preserves, and exec bubblewrap."""
    try:
        for number in FORWARDED_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        (descriptor,) = command.descriptors
        wanted = {descriptor: writer, **{number: os.open(path, os.O_RDONLY) for number, path in command.inputs.items()}}
        if command.gate >= 0:
            wanted[command.gate] = gate
        # All of them are moved up first, so that none takes a number that another one has now.
        moved = {
            number: fcntl.fcntl(source, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY) for number, source in wanted.items()
        }
        for number, source in moved.items():
            os.dup2(source, number, inheritable=True)
        for held in command.holds:
            os.set_inheritable(held, True)
        environment = environment_of(command, os.environ)
        os.execve(command.argv[0], command.argv, os.environ if environment is None else environment)  # noqa: S606
    except OSError as error:
        os.write(2, f"sygaldry: cannot start {command.argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(_CANNOT_START)


def _read_status_and_forward(reader: int, woken: int, forwarder: _Forwarder, started: Callable[[int], None]) -> bytes:
    """Read bubblewrap's status lines until it exits; after the first line, forward signals to the command."""
    status_lines = b""
    poll = select.poll()
    for descriptor in (reader, woken):
        poll.register(descriptor, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll(forwarder.pause_ms()):
            chunk = os.read(descriptor, 4096)
            if descriptor == reader:
                status_lines += chunk
                if not chunk:
                    return status_lines
        if not forwarder.namespace and b"\n" in status_lines:
            forwarder.namespace = _number_after(status_lines, b'"child-pid"')
            started(forwarder.namespace)
        if forwarder.namespace:
            forwarder.deliver()


class _Forwarder:
    """Sends the signals that were received to the command of a namespace, once that is known.

    Until `restore-signals.sh` has restored the defaults, the process ignores every forwarded signal, so a signal waits
    and is tried again after some milliseconds.
    """

    def __init__(self, received: list[int], chain: StartChain) -> None:
        self.namespace = 0
        self._received = received
        self._waiting: list[int] = []
        self._chain = chain
        self._tries = 0
        self._due_since = monotonic()

    def pause_ms(self) -> int | None:
        """Return after how long to try again, None if nothing is on its way."""
        if not self._waiting and not self._chain.is_watching():
            return None
        return _RETRY_MS if self._tries < _QUICK_TRIES else _SLOW_RETRY_MS

    def deliver(self) -> None:
        """Send what the command can take, and what a program on the way to it has missed."""
        if self._received:
            self._tries = 0
            self._due_since = monotonic()
        while self._received:
            self._waiting.append(self._received.pop(0))
        # The only child of bubblewrap's init is the command.
        pids = children(self.namespace)
        self._waiting.extend(self._chain.missed())
        self._tries += 1
        for number in tuple(self._waiting):
            if self._chain.must_wait(number, pids, self._due_since):
                continue
            self._waiting.remove(number)
            self._chain.expect(number, pids)
            for pid in pids or (self.namespace,):
                _send(pid, signal.SIGKILL if pid == self.namespace else number)


def _number_after(status_lines: bytes, key: bytes) -> int:
    """Return the number of a key in bubblewrap's JSON lines, or -1. Importing json would cost 10 ms."""
    _, found, rest = status_lines.partition(key)
    digits = rest.lstrip(b" :").split(b"\n")[0].strip(b" },").split(b",")[0].strip()
    return int(digits) if found and digits.isdigit() else -1


def _shell_code(code: int) -> int:
    return 128 - code if code < 0 else code


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
