"""What a supervisor hears: signals, the control pipe, the end of children; all through one poll."""

from __future__ import annotations

import os
import select
import signal

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


class Ears:
    """Waits for whatever comes first. Words of the control pipe are `stop` and `signal N`."""

    def __init__(self, control: str, stop: str, *, hears_control: bool = True) -> None:
        self._stop = stop
        # Open for both, or the pipe would be at its end whenever the last writer leaves.
        self._control = _opened(control)
        self._woken, writer = os.pipe()
        for descriptor in (self._woken, writer):
            os.set_blocking(descriptor, False)
        self._writer = writer
        self._others: set[int] = set()
        self._poll = select.poll()
        self._poll.register(self._woken, select.POLLIN)
        if self._control >= 0 and hears_control:
            self._poll.register(self._control, select.POLLIN)

    def also(self, descriptor: int) -> None:
        """Wake up for a descriptor, too; its reader is elsewhere."""
        self._others.add(descriptor)
        self._poll.register(descriptor, select.POLLIN)

    def forget(self, descriptor: int) -> None:
        """Wake up for it no more."""
        self._others.discard(descriptor)
        self._poll.unregister(descriptor)

    def listen(self) -> None:
        """Begin to hear signals."""
        for number in (*FORWARDED, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)

    def hear(self, timeout_s: float) -> list[int]:
        """Wait; returns the numbers of the signals to hand on."""
        signals = []
        for descriptor, _ in self._poll.poll(max(int(timeout_s * 1000), 0)):
            if descriptor in self._others:
                continue
            said = _read(descriptor)
            if descriptor == self._woken:
                signals += [number for number in said if number in FORWARDED]
            else:
                signals += [
                    int(line[7:]) for line in said.split(b"\n") if line[:7] == b"signal " and line[7:].isdigit()
                ]
        return signals

    def wants_stop(self) -> bool:
        """Tell whether somebody left the stop file."""
        return os.path.exists(self._stop)

    def pass_on(self, number: int) -> None:
        """Tell the other listener of the control pipe."""
        if self._control >= 0:
            os.write(self._control, b"signal %d\n" % number)


def _opened(control: str) -> int:
    try:
        return os.open(control, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # a file system without named pipes: the stop file is looked at on every tick
        return -1


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""
