"""End a command in a container when the process that started it is gone: python3 -I -S lifeline.py LOCK GRACE_S WORDS.

A scheduler confines the processes of its job, and a container of an engine is none of them: it would go on after the
job. So a process of the job holds a lock for as long as it lives, which the container can see. The supervisor looks
at it once a second; a task of a job over several nodes has no supervisor in its container, and is started by this.
"""

from __future__ import annotations

import os
import signal
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))]

from sygaldry.supervisor import locks, process_tree  # noqa: E402 - importable after the line above
from sygaldry.supervisor.signals import FORWARDED  # noqa: E402

_TICK_S = 1.0
_CANNOT_START = 127


class Lifeline:
    """A lock that a process of the job holds; it is cut when the lock was seen held and is free."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._was_held = False
        self._is_held()  # before the command begins: the holder may be killed within a second

    def is_cut(self) -> bool:
        """Return whether the holder is gone; without a lock there is nothing to be cut."""
        return not self._is_held() and self._was_held

    def has_holder(self) -> bool:
        """Return whether a process of a scheduler's job holds it, or has held it."""
        return self._is_held() or self._was_held

    def _is_held(self) -> bool:
        held = os.path.lexists(self._path) and locks.is_held(self._path)
        self._was_held = self._was_held or held
        return held


def hold(path: str) -> int:
    """Hold the lock for as long as the returned descriptor is open; -1 where that cannot be done, or another does."""
    try:
        return locks.take(path)
    except OSError:  # a full disk, or a file system without locks
        return -1


def main(path: str, grace_s: float, argv: list[str]) -> int:
    """Run a command to its end and hand on signals; returns its exit code, or 128+n after signal n."""
    lifeline, awaited = Lifeline(path), {*FORWARDED, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    child = os.fork()
    if not child:
        _exec(argv, before)
    kill_at = 0.0
    while True:
        received = signal.sigtimedwait(awaited, _TICK_S)
        if received is not None and received.si_signo == signal.SIGCHLD:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        elif received is not None:
            os.kill(child, received.si_signo)
        elif kill_at and time.monotonic() >= kill_at:
            process_tree.kill_all(os.getpid(), spared=(child,))
            os.kill(child, signal.SIGKILL)
        elif not kill_at and lifeline.is_cut():
            kill_at = time.monotonic() + grace_s
            process_tree.send(process_tree.descendants(os.getpid()), signal.SIGTERM)


def _exec(argv: list[str], mask: set[int | signal.Signals]) -> None:
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.execvp(argv[0], argv)
    except OSError as error:
        os.write(2, f"sygaldry: cannot start {argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(_CANNOT_START)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), sys.argv[3:]))
