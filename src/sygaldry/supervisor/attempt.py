"""One attempt of a job: start the command, watch it, end it when a limit or a person says so."""

from __future__ import annotations

import os
import signal
import time

from sygaldry.supervisor import exit_code_shell, process_tree
from sygaldry.supervisor.heartbeat import Pulse
from sygaldry.supervisor.log_pipe import sink_for
from sygaldry.supervisor.observer import Observer
from sygaldry.supervisor.output_monitor import Output, is_ours_alone, oom_kills

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.recorder import Book
    from sygaldry.supervisor.signals import Ears

TICK_S = 1.0
_KILLED = 128 + signal.SIGKILL
_SYNC_S = 30.0


class Attempt:
    """Runs the command once. `ended_by` stays empty when the command ended by itself."""

    def __init__(
        self, book: Book, ears: Ears, spec: dict[str, Any], number: int, pipe: tuple[int, int] | None = None
    ) -> None:
        self.book, self.ears, self.spec, self.number = book, ears, spec, number
        names = book.names
        self.output = Output(names.log(number), names.index(number), spec.get("log_max", 0))
        self.code_path = names.code(number)
        exit_code_shell.prepare(self.code_path)
        self.ended_by = ""
        self.handed_on: set[int] = set()
        self.started = time.monotonic()
        self._oom_before = oom_kills()
        self._synced = time.monotonic()
        self._kill_at = 0.0
        self._sink = sink_for(pipe, self.output.descriptor, spec, ears)
        self._pulse = Pulse(book, self.output, f"{number}/{spec['retries'] + 1}" if spec.get("retries") else "")
        self._observer = Observer(spec, names, number, ears)
        printed = pipe[1] if pipe else self.output.descriptor
        self.shell = exit_code_shell.start(
            spec["argv"], self.code_path, names.run_lock(number), printed, spec.get("variables", {})
        )

    def run(self) -> int:
        """Watch until the command has ended and nothing of it is left; returns its exit code."""
        self._pulse.beat(self._processes())
        code = None
        while code is None:
            for number in self.ears.hear(TICK_S):
                self._hand_on(number)
            if self._sink:
                self._sink.drain()
            process_tree.reap((self.shell,))
            code = self._exit_code()
            if code is None:
                self._look()
        process_tree.kill_all(os.getpid(), spared=(self._observer.pid,))
        if self._sink:
            self._sink.finish()
            if self._sink.dropped:
                self.book.event("dropped", self.output.size, bytes=self._sink.dropped)
        self.output.sample()
        self._pulse.hear(self._observer.finish())
        process_tree.kill_all(os.getpid())
        self.output.close()
        return code

    def killed_for_memory(self, code: int) -> bool:
        """Tell whether the kernel took memory back from us."""
        return (is_ours_alone() or code == _KILLED) and oom_kills() > self._oom_before

    def _look(self) -> None:
        self._pulse.look(self._processes, self.output.sample())
        self._pulse.hear(self._observer.hear())
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
                process_tree.kill_all(os.getpid(), spared=(self.shell, self._observer.pid))
        elif self.ears.wants_stop():
            self._end("stop", "somebody asked for it")
        elif limit and elapsed >= limit:
            self._end("timeout", f"it ran longer than --timeout {limit:g}s")
        elif idle and silent >= idle:
            self._end("idle-timeout", f"it printed nothing for --idle-timeout {idle:g}s")
        elif stall and silent >= stall:
            self._pulse.stall()

    def _end(self, reason: str, why: str) -> None:
        self.ended_by = reason
        self.book.event("signal", self.output.size, signal=int(signal.SIGTERM), reason=reason, why=why)
        self._kill_at = time.monotonic() + self.spec.get("grace_s", 10)
        process_tree.send(self._command(), signal.SIGTERM)

    def _hand_on(self, number: int) -> None:
        self.handed_on.add(number)
        self.book.event("signal", self.output.size, signal=number, reason="handed on", why="sent to the supervisor")
        process_tree.send(self._command(), number)

    def _command(self) -> list[int]:
        return [pid for pid in self._processes() if pid != self.shell]

    def _processes(self) -> list[int]:
        """List what belongs to the job: everything below us but whoever observes it."""
        return [pid for pid in process_tree.descendants(os.getpid()) if pid != self._observer.pid]

    def _exit_code(self) -> int | None:
        try:
            pid, status = os.waitpid(self.shell, os.WNOHANG)
        except ChildProcessError:
            pid, status = self.shell, 0
        if not pid:
            return None
        written = exit_code_shell.code_of(self.code_path)
        if written is not None:
            return written
        # The shell was killed, or the disk took no rename: what the kernel says of it is the next best witness.
        return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
