"""The event loop of a supervisor: signals, the control pipe and ended children through one poll."""

from __future__ import annotations

import os
import select
import signal

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


class EventLoop:
    """Waits for the next event. The control pipe carries the lines `stop`, `signal N` and `end-input`."""

    def __init__(self, control: str, stop: str, *, reads_control: bool = True) -> None:
        self._stop = stop
        # Open for reading and writing, or the pipe reports its end whenever the last writer closes it.
        self._control = _open_pipe(control)
        self._wakeup, writer = os.pipe()
        for descriptor in (self._wakeup, writer):
            os.set_blocking(descriptor, False)
        self._writer = writer
        self._other_fds: set[int] = set()
        self.input_ended = False  # `job send --end` was called
        self._poll = select.poll()
        self._poll.register(self._wakeup, select.POLLIN)
        if self._control >= 0 and reads_control:
            self._poll.register(self._control, select.POLLIN)

    def add_fd(self, descriptor: int) -> None:
        """Wake up for a further descriptor, which its owner reads."""
        self._other_fds.add(descriptor)
        self._poll.register(descriptor, select.POLLIN)

    def remove_fd(self, descriptor: int) -> None:
        """Stop waking up for a descriptor."""
        self._other_fds.discard(descriptor)
        self._poll.unregister(descriptor)

    def install_handlers(self) -> None:
        """Install the signal handlers."""
        for number in (*FORWARDED, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)

    def wait(self, timeout_s: float) -> list[int]:
        """Wait for an event; return the signals to forward."""
        signals = []
        for descriptor, _ in self._poll.poll(max(int(timeout_s * 1000), 0)):
            if descriptor in self._other_fds:
                continue
            data = _read(descriptor)
            if descriptor == self._wakeup:
                signals += [number for number in data if number in FORWARDED]
            else:
                self.input_ended = self.input_ended or b"end-input" in data.split(b"\n")
                signals += [
                    int(line[7:]) for line in data.split(b"\n") if line[:7] == b"signal " and line[7:].isdigit()
                ]
        return signals

    def stop_requested(self) -> bool:
        """Return whether the stop file exists."""
        return os.path.exists(self._stop)

    def forward(self, number: int) -> None:
        """Forward a signal through the control pipe to the other process that reads it."""
        if self._control >= 0:
            os.write(self._control, b"signal %d\n" % number)


def _open_pipe(control: str) -> int:
    try:
        return os.open(control, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # a file system without named pipes: the stop file is checked on every tick
        return -1


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""
