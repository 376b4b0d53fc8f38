"""The parent of an attached client: it ends the client with the launcher, and helpers that outlive the client."""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os
import select

from sygaldry.host.process_status import children
from sygaldry.host.subreaper import adopt_orphans, kill_children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_KILL = b"k"


class ClientReaper:
    """A forked process between the launcher and its client.

    A killed launcher can end nothing, and a client that is killed leaves its helpers to its parent. The reaper is in a
    session of its own, so that no signal of the terminal reaches it; the client stays in the launcher's. Should the
    reaper itself be killed, the launcher inherits and kills what it had.
    """

    def __init__(self, become_client: Callable[[], None], *, outlives_us: bool) -> None:
        """Start the client, which `become_client` never returns from. SIGCHLD reports the end of the reaper."""
        self._others = children(os.getpid())
        reports, reporter = os.pipe()
        orders, self._orders = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(self._orders)
            _be_reaper(become_client, orders, reporter, outlives_us=outlives_us)
        os.close(orders)
        os.close(reporter)
        self._reports = os.fdopen(reports, "rb", buffering=0)
        self.client = int(self._reports.readline() or 0)
        adopt_orphans()

    def kill_client(self) -> None:
        """Kill the client and what it leaves behind."""
        try:
            os.write(self._orders, _KILL)
        except BrokenPipeError:  # it has ended
            return

    def poll(self) -> int | None:
        """Return the exit code of the client or minus the number of a signal, or None if it has not ended."""
        if not os.waitpid(self._pid, os.WNOHANG)[0]:
            return None
        with self._reports:
            line = self._reports.readline()
        os.close(self._orders)
        kill_children(self._others)
        return os.waitstatus_to_exitcode(int(line)) if line else -signal.SIGKILL


def _be_reaper(become_client: Callable[[], None], orders: int, reporter: int, *, outlives_us: bool) -> None:
    try:
        client = os.fork()
        if not client:
            become_client()
        os.write(reporter, b"%d\n" % client)
        orders, reporter = _detach(orders, reporter)
        adopt_orphans()
        status = _wait(client, orders, outlives_us=outlives_us)
        kill_children((client,))
        os.waitpid(client, 0)  # as late as this, so that no other process has its number while the launcher signals it
        os.write(reporter, b"%d\n" % status)
    finally:
        os._exit(0)


def _detach(orders: int, reporter: int) -> tuple[int, int]:
    """Leave the session, the streams and the descriptors of the launcher; return where our two pipes are now."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    orders, reporter = os.dup(orders), os.dup(reporter)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    kept = (os.dup2(orders, 3), os.dup2(reporter, 4))
    os.closerange(5, 256)
    return kept


def _wait(client: int, orders: int, *, outlives_us: bool) -> int:
    """Return the wait status of the client, which stays a zombie; kill it when that is ordered or the launcher ends."""
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    awaited = [orders, woken]
    while True:
        if ended := os.waitid(os.P_PID, client, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return ended.si_status << 8 if ended.si_code == os.CLD_EXITED else ended.si_status
        readable, _, _ = select.select(awaited, [], [])
        if woken in readable:
            os.read(woken, 4096)
        if orders in readable:
            ordered = os.read(orders, 1)
            if ordered or not outlives_us:
                os.kill(client, signal.SIGKILL)
            if not ordered:
                awaited.remove(orders)
