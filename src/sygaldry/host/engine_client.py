"""Run an engine's client to its end; signals go to the command inside, or end a launch that has not started it.

The client runs in a session of its own, so that no signal of the terminal reaches it beside us. If this process is
killed, a reaper kills the client and removes the container.
"""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os

from sygaldry.host.container_reaper import ContainerReaper
from sygaldry.host.foreground import forwarded_signals
from sygaldry.host.run import environment_of, prepare
from sygaldry.host.terminal import is_in_background, suspend, terminal_restorer, wait_for_foreground

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.host.signal_delivery import ContainerControl, Delivery
    from sygaldry.model.command import Command

_OWN_FAILURES = (125, 126, 127)  # of the client itself, or of the command: the reaper looks whether a container is left


def run_client(command: Command, control: ContainerControl, *, terminal: bool) -> int:
    """Run the client of an engine in the foreground and return its exit code, or 128+n for a launch that n ended."""
    prepare(command)
    if terminal:
        wait_for_foreground()
    # A stopped launcher would leave its client reading from the terminal, so SIGTSTP stops the client as well.
    awaited = {*forwarded_signals(), signal.SIGTSTP, signal.SIGWINCH, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    try:
        restore_terminal = terminal_restorer()
        reaper = ContainerReaper(control.remove, control.find)
        client = _spawn(command, before, reads_terminal=terminal or not is_in_background())
        reaper.watch(client)
        code = _Client(client, control, terminal=terminal).wait(awaited)
        if code < 0:
            restore_terminal()
        elif code in _OWN_FAILURES:
            reaper.report_end()
        else:
            reaper.release()
        return 128 - code if code < 0 else code
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _spawn(command: Command, mask: set[int], *, reads_terminal: bool) -> int:
    """Start the client without copying our memory, which a fork would."""
    environment = environment_of(command, os.environ)
    return os.posix_spawnp(
        command.argv[0],
        command.argv,
        os.environ if environment is None else environment,
        # Like any program in the background, it must not take what is typed for the shell.
        file_actions=[] if reads_terminal else [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
        setsid=True,
        setsigmask=mask,
        setsigdef=(signal.SIGINT, signal.SIGPIPE),
    )


class _Client:
    """A client that runs, and the signals on their way to its command."""

    def __init__(self, pid: int, control: ContainerControl, *, terminal: bool) -> None:
        self._pid = pid
        self._control = control
        self._has_terminal = terminal
        self._deliveries: list[Delivery] = []

    def wait(self, awaited: set[int]) -> int:
        """Return the exit code of the client, or minus the number of a signal."""
        from sygaldry.host import signal_delivery

        while True:
            received = (
                signal.sigtimedwait(awaited, signal_delivery.RETRY_S)
                if self._deliveries
                else signal.sigwaitinfo(awaited)
            )
            if received is not None:
                if received.si_signo == signal.SIGCHLD:
                    ended, status = os.waitpid(self._pid, os.WNOHANG)
                    if ended:
                        return os.waitstatus_to_exitcode(status)
                elif received.si_signo == signal.SIGWINCH:
                    os.kill(self._pid, signal.SIGWINCH)
                elif received.si_signo == signal.SIGTSTP and not self._has_terminal:
                    self._suspend()
                else:
                    self._deliveries.append(signal_delivery.Delivery(self._control, received.si_signo))
            for delivery in tuple(self._deliveries):
                outcome = delivery.attempt()
                if outcome == signal_delivery.NOT_STARTED:
                    return self._end(delivery.number)
                if outcome == signal_delivery.DELIVERED:
                    self._deliveries.remove(delivery)

    def _suspend(self) -> None:
        """Stop with the rest of our pipeline: the command, as far as it has started, then the client, then ourselves.

        Otherwise the shell would wait for us for ever, and Ctrl-C would end nothing that is stopped. With a terminal of
        its own the command gets Ctrl-Z as a character. A signal reaches the first process of a container alone, so the
        engine freezes all of them; rootless Podman cannot without cgroups v2, and the first one gets the signal.
        """
        from sygaldry.host import signal_delivery
        from sygaldry.host.container_pause import pause_container, unpause_container

        paused = pause_container(self._control)
        if not paused:
            signal_delivery.Delivery(self._control, signal.SIGTSTP).attempt()
        os.kill(self._pid, signal.SIGSTOP)
        suspend()
        os.kill(self._pid, signal.SIGCONT)
        if not paused or not unpause_container(self._control, paused):
            self._deliveries.append(signal_delivery.Delivery(self._control, signal.SIGCONT))

    def _end(self, number: int) -> int:
        """Kill a client whose engine starts nothing; the reaper removes what the engine may still create."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        return -number
