"""Run the client of an engine's `exec` in the foreground; signals reach the command inside by another command."""

import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress

from sygaldry.host.run import run
from sygaldry.model.command import Command

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_PAUSE_S = 0.1
_MOST_TRIES = 20  # the command may not have started yet


def run_client(command: Command, send_signal: Callable[[int], Command]) -> int:
    """Return the exit code of the command inside; `send_signal` names the command that forwards a signal."""
    waiting: list[int] = []
    for number in _FORWARDED:
        signal.signal(number, lambda number, _: waiting.append(number))
    # In a session of its own the client would lose the terminal, so it gets the signals of a group, too.
    with subprocess.Popen(command.argv, preexec_fn=_ignore) as client:  # noqa: PLW1509 - no threads here
        tries = 0
        code: int | None = None
        while code is None or waiting:
            with suppress(subprocess.TimeoutExpired):
                code = client.wait(_PAUSE_S)
            if waiting:
                tries += 1
                # When the client is gone, its command inside may still run.
                if run(send_signal(waiting[0])).ok or tries > _MOST_TRIES or code is not None:
                    waiting.pop(0)
                    tries = 0
    return 128 - code if code < 0 else code


def _ignore() -> None:
    for number in _FORWARDED:
        signal.signal(number, signal.SIG_IGN)
