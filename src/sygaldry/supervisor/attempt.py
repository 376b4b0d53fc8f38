"""One attempt of a job: start the command, monitor it, end it at a limit or on request."""

from __future__ import annotations

import os
import signal
import time

from sygaldry.supervisor import exit_code_shell, process_tree
from sygaldry.supervisor.failure_state import failure_state, full_disks
from sygaldry.supervisor.gpu_monitor import GpuMonitor
from sygaldry.supervisor.heartbeat import Heartbeat
from sygaldry.supervisor.input_pipe import InputPipe
from sygaldry.supervisor.lifeline import Lifeline
from sygaldry.supervisor.log_pipe import open_log_pipe
from sygaldry.supervisor.observer import Observer
from sygaldry.supervisor.outcome import BATCH_ENDED
from sygaldry.supervisor.output_monitor import Output, is_own_cgroup, oom_kills
from sygaldry.supervisor.remote_signal import is_remote, send_remote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.recorder import RunRecorder
    from sygaldry.supervisor.signals import EventLoop

TICK_S = 1.0
_BOUNDED_TICK_S = 0.05  # a log with a limit: what is printed in this time may exceed it
_KILLED = 128 + signal.SIGKILL
_SYNC_S = 30.0
_ABORT_S = 15.0  # for tasks on other nodes to be gone


class Attempt:
    """Runs the command once. `ended_by` stays empty when the command ended by itself."""

    def __init__(
        self,
        recorder: RunRecorder,
        loop: EventLoop,
        spec: dict[str, Any],
        number: int,
        pipe: tuple[int, int] | None = None,
    ) -> None:
        self.recorder, self.loop, self.spec, self.number = recorder, loop, spec, number
        paths = recorder.paths
        self.output = Output(paths.log(number), paths.index(number), spec.get("log_max", 0))
        self._tick_s = _BOUNDED_TICK_S if self.output.most else TICK_S
        self.code_path = paths.code(number)
        exit_code_shell.prepare(self.code_path)
        self.ended_by = ""
        self.forwarded: set[int] = set()
        self.started = time.monotonic()
        self._oom_before = oom_kills()
        self._full_before = full_disks()
        self._synced = time.monotonic()
        self._kill_at = 0.0
        self._is_warned = self._is_aborted = False
        self._trimmed, self._trim_recorded = 0, 0.0
        self._log_pipe = open_log_pipe(pipe, self.output.descriptor, spec, loop)
        self._heartbeat = Heartbeat(
            recorder, self.output, f"{number}/{spec['retries'] + 1}" if spec.get("retries") else ""
        )
        self._observer = Observer(spec, paths, number, loop)
        self._lifeline = Lifeline(paths.lifeline())
        self._gpus = GpuMonitor(loop, spec)
        output = pipe[1] if pipe else self.output.descriptor
        self._input = InputPipe(paths.input) if spec.get("stdin") else None
        stdin = self._input.reader() if self._input else -1
        self.shell = exit_code_shell.start(
            spec["argv"], self.code_path, paths.run_lock(number), (stdin, output), spec.get("variables", {})
        )
        if stdin >= 0:
            os.close(stdin)
        self._end_input()

    def run(self) -> int:
        """Monitor until the command and all its processes have ended; return the exit code."""
        self._heartbeat.beat(self._counted())
        code = None
        while code is None:
            for number in self.loop.wait(self._tick_s):
                self._forward(number)
            self._end_input()
            if self._log_pipe:
                self._log_pipe.drain()
            process_tree.reap((self.shell,))
            code = self._exit_code()
            if code is None:
                self._tick()
        if code:
            state = failure_state(self._full_before, self._gpus.trouble)
            self.recorder.event("at-failure", self.output.size, **state)
        self._gpus.close()
        if self._input:
            self._input.end()
        process_tree.kill_all(os.getpid(), spared=(self._observer.pid,))
        if self._log_pipe:
            self._log_pipe.finish()
            if self._log_pipe.dropped:
                self.recorder.event("dropped", self.output.size, bytes=self._log_pipe.dropped)
        self.output.sample()
        self._trim(final=True)
        self._heartbeat.take_observations(self._observer.finish())
        process_tree.kill_all(os.getpid())
        self.output.close()
        return code

    def killed_for_memory(self, code: int) -> bool:
        """Return whether the kernel killed a process of this attempt for lack of memory."""
        return (is_own_cgroup() or code == _KILLED) and oom_kills() > self._oom_before

    def _end_input(self) -> None:
        if self._input and self.loop.input_ended:
            self._input.end()

    def _tick(self) -> None:
        self.recorder.lease.check()
        self._heartbeat.tick(self._counted, self.output.sample())
        self._heartbeat.take_observations(self._observer.poll())
        self._watch_gpus()
        if time.monotonic() - self._synced >= _SYNC_S:
            self._synced = time.monotonic()
            self.output.sync()
        self._trim()
        self._check_limits()

    def _trim(self, *, final: bool = False) -> None:
        """Bound the log; the event is written every second at most, or a fast command floods its ledger."""
        self._trimmed += self.output.trim(final=final)
        if self._trimmed and (final or time.monotonic() - self._trim_recorded >= 1.0):
            self._trim_recorded = time.monotonic()
            self.recorder.event("log-trimmed", self.output.size, upto=self.output.trimmed, bytes=self._trimmed)
            self._trimmed = 0

    def _check_limits(self) -> None:
        elapsed, silent = time.monotonic() - self.started, self.output.silent_s
        limit, idle, stall = (self.spec.get(name, 0) for name in ("timeout_s", "idle_timeout_s", "stall_s"))
        if self.ended_by:
            if time.monotonic() < self._kill_at:
                return
            if is_remote(self.spec) and not self._is_aborted:
                # What starts the tasks ends them all when it is asked to end itself; killed, it would leave them.
                self._is_aborted, self._kill_at = True, time.monotonic() + _ABORT_S
                process_tree.send(self._command(), signal.SIGTERM)
            else:
                process_tree.kill_all(os.getpid(), spared=(self.shell, self._observer.pid, self._gpus.pid))
        elif self.loop.stop_requested():
            self._end("stop", "stopped by user")
        elif self._lifeline.is_cut():
            self.forwarded |= {signal.SIGTERM, signal.SIGKILL}  # as if the scheduler's signals had reached the command
            self._end(BATCH_ENDED, "the scheduler ended the process that started this container")
        elif limit and not self._is_warned and self.spec.get("warning") and elapsed >= limit - self.spec["warning_s"]:
            self._warn(str(self.spec["warning"]))
        elif limit and elapsed >= limit:
            self._end("timeout", f"ran longer than --timeout {limit:g}s")
        elif idle and silent >= idle:
            self._end("idle-timeout", f"printed nothing for --idle-timeout {idle:g}s")
        elif stall and silent >= stall:
            self._heartbeat.record_stall()

    def _watch_gpus(self) -> None:
        """Record what became worse with the GPUs; end the job for a lost one if asked."""
        for each in self._gpus.poll():
            self.recorder.event("gpu", self.output.size, **each)
            if each["kind"] == "lost" and self.spec.get("on_gpu_lost") == "fail" and not self.ended_by:
                self._end("gpu-lost", f"a GPU was lost: {each['text']}")
        self._heartbeat.gpu_trouble, self._heartbeat.gpu_usage = self._gpus.trouble, self._gpus.usage

    def _end(self, reason: str, why: str) -> None:
        self.ended_by = reason
        self.recorder.event("signal", self.output.size, signal=int(signal.SIGTERM), reason=reason, why=why)
        self._kill_at = time.monotonic() + self.spec.get("grace_s", 10)
        self._send(signal.SIGTERM)
        self._send(signal.SIGCONT)  # a paused job gets its SIGTERM only now

    def _warn(self, name: str) -> None:
        """Send the signal that was asked for before the time limit, so that the command can save its state."""
        self._is_warned = True
        number = int(getattr(signal, f"SIG{name}"))
        self.recorder.event("signal", self.output.size, signal=number, reason="warning", why="the time limit is near")
        self._send(number)

    def _forward(self, number: int) -> None:
        self.forwarded.add(number)
        self.recorder.event("signal", self.output.size, signal=number, reason="forwarded", why="sent to the supervisor")
        self._send(number)
        if number == signal.SIGTERM and not self.ended_by and self._lifeline.has_holder():
            # The engine would kill the supervisor with the command, and nobody would know the exit code.
            self.forwarded.add(signal.SIGKILL)
            self.ended_by, self._kill_at = BATCH_ENDED, time.monotonic() + self.spec.get("grace_s", 10)

    def _send(self, number: int) -> None:
        if is_remote(self.spec):
            send_remote(self.spec, number)
        else:
            process_tree.send(self._command(), number)

    def _command(self) -> list[int]:
        return [pid for pid in self._processes() if pid != self.shell]

    def _processes(self) -> list[int]:
        """List the processes of the job: all descendants except our own helpers."""
        return self._without_helpers(process_tree.descendants(os.getpid()))

    def _counted(self) -> list[int]:
        """List them for a heartbeat, cheaply."""
        return self._without_helpers(process_tree.counted_descendants(os.getpid()))

    def _without_helpers(self, pids: list[int]) -> list[int]:
        helpers = (self._observer.pid, self._gpus.pid)
        return [pid for pid in pids if pid not in helpers]

    def _exit_code(self) -> int | None:
        try:
            pid, status = os.waitpid(self.shell, os.WNOHANG)
        except ChildProcessError:
            pid, status = self.shell, 0
        if not pid:
            return None
        written = exit_code_shell.read_exit_code(self.code_path)
        if written is not None:
            return written
        # The shell was killed, or the rename failed: the exit status from the kernel is the next best evidence.
        return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
