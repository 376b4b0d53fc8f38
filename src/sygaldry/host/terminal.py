"""The terminal of a launch: whether it is ours to read, and how it is left."""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_STOPS = 3  # a process group without a shell that could continue it is not stopped


def is_in_background() -> bool:
    """Return whether standard input is a terminal that another process group has."""
    try:
        return os.isatty(0) and os.tcgetpgrp(0) != os.getpgrp()
    except OSError:  # it is not the terminal of our session
        return False


def is_terminal_wanted(*, has_command: bool) -> bool:
    """Return whether a launch gets a terminal: its input and output are one, and it may use it now.

    A command that a shell runs in the background goes on without one, as `make &` does; it would be stopped otherwise.
    A shell of its own is of use in the foreground alone, so it waits for that.
    """
    return os.isatty(0) and os.isatty(1) and not (has_command and is_in_background())


def suspend() -> None:
    """Stop this process as the blocked SIGTSTP would; returns when the shell continues it, or at once without one."""
    before = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})
    try:
        os.kill(os.getpid(), signal.SIGTSTP)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def stop_command_with_us() -> None:
    """Let Ctrl-Z stop the command, too: without a terminal of its own it is in a session that Ctrl-Z does not reach."""
    if signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL:  # a caller may have it ignored
        signal.signal(signal.SIGTSTP, _stop)


def _stop(*_: object) -> None:
    from sygaldry.host.process_pause import continue_processes, pause_namespace_below

    stopped = pause_namespace_below(os.getpid())
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    try:
        os.kill(os.getpid(), signal.SIGTSTP)  # until the shell continues us
    finally:
        signal.signal(signal.SIGTSTP, _stop)
        continue_processes(stopped)


def wait_for_foreground() -> None:
    """Stop like any program that reads from its terminal in the background, until the shell continues us."""
    for _ in range(_MOST_STOPS):
        if not is_in_background():
            return
        os.killpg(0, signal.SIGTTIN)


def terminal_restorer() -> Callable[[], None]:
    """Return what gives the terminal its present settings again: a client that is killed leaves it in raw mode."""
    if not os.isatty(0):
        return lambda: None
    import termios

    saved = termios.tcgetattr(0)

    def restore() -> None:
        try:
            termios.tcsetattr(0, termios.TCSADRAIN, saved)
        except termios.error:  # it was closed
            return

    return restore
