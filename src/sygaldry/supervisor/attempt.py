"""One attempt of a job: start the command, watch it, end it when a limit or a person says so."""

from __future__ import annotations

import os
import signal
import time

from sygaldry.supervisor import shim, tree
from sygaldry.supervisor.line import duration, size
from sygaldry.supervisor.sink import Sink, secrets
from sygaldry.supervisor.watch import Output, is_ours_alone, oom_kills

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.book import Book
    from sygaldry.supervisor.ears import Ears

TICK_S = 1.0
HEARTBEAT_S = 10.0
_KILLED = 128 + signal.SIGKILL
_SYNC_S = 30.0


def sink_for(pipe: tuple[int, int] | None, log: int, spec: dict[str, Any], ears: Ears) -> Sink | None:
    """Return what carries the output where the command does not write into the log itself."""
    if pipe is None:
        return None
    ears.also(pipe[0])
    return Sink(pipe[0], log, secrets(dict(os.environb), tuple(spec.get("mask", ()))))


class Attempt:
    """Runs the command once. `ended_by` stays empty when the command ended by itself."""

    def __init__(
        self, book: Book, ears: Ears, spec: dict[str, Any], number: int, pipe: tuple[int, int] | None = None
    ) -> None:
        self.book, self.ears, self.spec, self.number = book, ears, spec, number
        names = book.names
        self.output = Output(names.log(number), names.index(number), spec.get("log_max", 0))
        self.code_path = names.code(number)
        shim.prepare(self.code_path)
        self.ended_by = ""
        self.handed_on: set[int] = set()
        self.started = time.monotonic()
        self._oom_before = oom_kills()
        self._beat = self._synced = time.monotonic()
        self._cpu = 0.0
        self._stalled = False
        self._kill_at = 0.0
        self._sink = sink_for(pipe, self.output.descriptor, spec, ears)
        printed = pipe[1] if pipe else self.output.descriptor
        self.shell = shim.start(spec["argv"], self.code_path, names.run_lock(number), printed)

    def run(self) -> int:
        """Watch until the command has ended and nothing of it is left; returns its exit code."""
        self.beat()
        code = None
        while code is None:
            for number in self.ears.hear(TICK_S):
                self._hand_on(number)
            if self._sink:
                self._sink.drain()
            tree.reap((self.shell,))
            code = self._exit_code()
            if code is None:
                self._look()
        tree.kill_all(os.getpid())
        if self._sink:
            self._sink.finish()
            if self._sink.dropped:
                self.book.event("dropped", self.output.size, bytes=self._sink.dropped)
        self.output.sample()
        self.output.close()
        return code

    def killed_for_memory(self, code: int) -> bool:
        """Tell whether the kernel took memory back from us."""
        return (is_ours_alone() or code == _KILLED) and oom_kills() > self._oom_before

    def beat(self) -> None:
        """Say that we are alive, with evidence."""
        self._beat = time.monotonic()
        pids = tree.descendants(os.getpid())
        self._cpu = max(tree.cpu_seconds(pids), self._cpu)
        silent = self.output.silent_s
        self.book.show(
            "PROGRESS",
            step=self.output.last_line(),
            attempt=f"{self.number}/{self.spec.get('retries', 0) + 1}" if self.spec.get("retries") else "",
            log=size(self.output.size),
            cpu=duration(self._cpu),
            silent=duration(silent) if silent >= 30 else "",
        )
        self.book.event(
            "progress",
            self.output.size,
            durable=False,
            bytes=self.output.size,
            cpu_s=round(self._cpu, 2),
            silent_s=round(silent, 1),
            processes=len(pids),
        )

    def _look(self) -> None:
        grown = self.output.sample()
        if grown and self._stalled:
            self._stalled = False
            self.book.event("resumed", self.output.size)
        if time.monotonic() - self._beat >= HEARTBEAT_S:
            self.beat()
            self._watch_disk()
        if time.monotonic() - self._synced >= _SYNC_S:
            self._synced = time.monotonic()
            self.output.sync()
        given_back = self.output.trim()
        if given_back:
            self.book.event("log-trimmed", self.output.size, upto=self.output.trimmed, bytes=given_back)
        self._check_limits()

    def _check_limits(self) -> None:
        elapsed, silent = time.monotonic() - self.started, self.output.silent_s
        limit, idle, stall = (self.spec.get(name, 0) for name in ("timeout_s", "idle_timeout_s", "stall_s"))
        if self.ended_by:
            if time.monotonic() >= self._kill_at:
                tree.kill_all(os.getpid(), spared=(self.shell,))
        elif self.ears.wants_stop():
            self._end("stop", "somebody asked for it")
        elif limit and elapsed >= limit:
            self._end("timeout", f"it ran longer than --timeout {limit:g}s")
        elif idle and silent >= idle:
            self._end("idle-timeout", f"it printed nothing for --idle-timeout {idle:g}s")
        elif stall and silent >= stall and not self._stalled:
            self._stalled = True
            self.book.event("stall", self.output.size, silent_s=round(silent, 1), cpu_s=round(self._cpu, 2))

    def _end(self, reason: str, why: str) -> None:
        self.ended_by = reason
        self.book.event("signal", self.output.size, signal=int(signal.SIGTERM), reason=reason, why=why)
        self._kill_at = time.monotonic() + self.spec.get("grace_s", 10)
        tree.send(self._command(), signal.SIGTERM)

    def _hand_on(self, number: int) -> None:
        self.handed_on.add(number)
        self.book.event("signal", self.output.size, signal=number, reason="handed on", why="sent to the supervisor")
        tree.send(self._command(), number)

    def _command(self) -> list[int]:
        return [pid for pid in tree.descendants(os.getpid()) if pid != self.shell]

    def _watch_disk(self) -> None:
        disk = os.statvfs(self.book.names.folder)
        free = disk.f_bavail * disk.f_frsize
        if free < 256 << 20 and not self.book.told_disk_low:
            self.book.told_disk_low = True
            self.book.event("disk-low", self.output.size, free_bytes=free)

    def _exit_code(self) -> int | None:
        try:
            pid, status = os.waitpid(self.shell, os.WNOHANG)
        except ChildProcessError:
            pid, status = self.shell, 0
        if not pid:
            return None
        written = shim.code_of(self.code_path)
        if written is not None:
            return written
        # The shell was killed, or the disk took no rename: what the kernel says of it is the next best witness.
        return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
