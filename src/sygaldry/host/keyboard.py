"""The terminal for a full-screen view: keys without Enter, and a guard that restores it even after SIGKILL."""

from __future__ import annotations

import os
import select
import signal
import termios
import tty
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types import TracebackType

# Leave the alternate screen, show the cursor, plain style.
Attributes = list[Any]  # of termios
_RESET: Final = b"\x1b[?1049l\x1b[?25h\x1b[0m"
_CLEAN: Final = b"c"
_KEYS: Final = {
    b"\x1b[A": "up",
    b"\x1b[B": "down",
    b"\x1bOA": "up",
    b"\x1bOB": "down",
    b"\x1b[5~": "page-up",
    b"\x1b[6~": "page-down",
    b"\r": "enter",
    b"\n": "enter",
    b"\x1b": "escape",
    b"\x7f": "escape",
}


class Keyboard:
    """Context manager over standard input: `key` waits for the next key."""

    def __init__(self) -> None:
        self._saved = termios.tcgetattr(0)
        self._pipe = -1

    def __enter__(self) -> Keyboard:  # noqa: PYI034 - it is not for subclasses
        """Start the guard, then let keys arrive at once."""
        self._pipe = _start_guard(self._saved)
        tty.setcbreak(0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Restore the terminal and end the guard."""
        termios.tcsetattr(0, termios.TCSADRAIN, self._saved)
        os.write(self._pipe, _CLEAN)
        os.close(self._pipe)

    def key(self, timeout_s: float) -> str:
        """Return the name of the next key; empty after the timeout. A closed terminal is `q`."""
        if not select.select([0], [], [], timeout_s)[0]:
            return ""
        raw = os.read(0, 16)
        return _KEYS.get(raw, raw.decode("utf-8", "replace")[:1]) if raw else "q"


def _start_guard(saved: Attributes) -> int:
    """Start a process that waits for our end; return the pipe by which it notices."""
    reader, writer = os.pipe2(os.O_CLOEXEC)
    if os.fork():
        os.close(reader)
        return writer
    try:
        os.close(writer)
        os.setsid()  # a signal to our process group does not reach it
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGTTOU):
            signal.signal(number, signal.SIG_IGN)
        if os.read(reader, 1) != _CLEAN:
            termios.tcsetattr(0, termios.TCSANOW, saved)
            os.write(1, _RESET)
    finally:
        os._exit(0)
