"""The main process of the container: it waits for the supervisor and outlives it when the supervisor is killed."""

from __future__ import annotations

import os
import time

from sygaldry.supervisor import exit_code_shell, locks, process_tree
from sygaldry.supervisor.ledger import last_attempt
from sygaldry.supervisor.log_pipe import open_log_pipe, secrets
from sygaldry.supervisor.outcome import verdict
from sygaldry.supervisor.output_monitor import is_own_cgroup, oom_kills
from sygaldry.supervisor.recorder import RunRecorder
from sygaldry.supervisor.signals import EventLoop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.run_files import RunFiles

CANNOT = 125
_TRIES, _TRY_S = 250, 0.02


def anchor(paths: RunFiles, child: int, began: float, pipe: tuple[int, int] | None, spec: dict[str, Any]) -> int:
    """Wait for the supervisor. If it was killed, wait for the command, whose processes are now our children."""
    loop = EventLoop(paths.control, paths.stop, reads_control=False)
    loop.install_handlers()
    killed_before = oom_kills()
    # The supervisor may have ended before the handlers were installed, so check before waiting.
    while not (result := os.waitpid(child, os.WNOHANG))[0]:
        for number in loop.wait(3600):
            loop.forward(number)
    status = result[1]
    if not os.WIFSIGNALED(status):
        _sync_logs(paths)
        return os.WEXITSTATUS(status)
    code, stop_requested = _orphaned(paths, loop, pipe, spec)
    recorder = RunRecorder(paths, began, secrets(dict(os.environb), tuple(spec.get("mask", ()))))
    recorder.close()
    if code is None:
        return CANNOT
    out_of_memory = is_own_cgroup() and oom_kills() > killed_before
    state, ender, why = verdict(code, "stop" if stop_requested else "", out_of_memory)
    size = os.path.getsize(paths.log(last_attempt(paths)))
    recorder.event("exit", size, state=state, rc=code, by=ender, why=why, orphaned=True)
    recorder.write_status(state, {"by": ender}, code=code, step=why, durable=True)
    return code


def _orphaned(
    paths: RunFiles, loop: EventLoop, pipe: tuple[int, int] | None, spec: dict[str, Any]
) -> tuple[int | None, bool]:
    """Wait for the orphaned command, copy its output, obey `stop`; return its exit code and whether it was stopped."""
    attempt, shell = last_attempt(paths), _shell()
    log = os.open(paths.log(attempt), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600) if pipe else -1
    log_pipe = open_log_pipe(pipe, log, spec, loop)
    stop_requested = False
    while locks.is_held(paths.run_lock(attempt)):
        loop.wait(0.2)
        if log_pipe:
            log_pipe.drain()
        process_tree.reap((shell,))
        if loop.stop_requested():
            stop_requested = True
            process_tree.kill_all(os.getpid(), spared=(shell,))
    code = _exit_code(paths.code(attempt), shell)
    process_tree.kill_all(os.getpid())
    if log_pipe:
        log_pipe.finish()
    return code, stop_requested


def _shell() -> int:
    """Return the pid of the adopted shell that writes the exit code; 0 if it is gone."""
    return next((pid for pid in process_tree.descendants(os.getpid()) if exit_code_shell.is_shell(pid)), 0)


def _exit_code(path: str, shell: int) -> int | None:
    """Read the exit code, or take it from the shell: its `mv` may have been killed by a stop."""
    status = _status_of(shell)
    written = exit_code_shell.read_exit_code(path)
    if written is not None or status is None:
        return written
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _status_of(shell: int) -> int | None:
    """Collect the exit status of a shell that has released its lock and is about to end."""
    for _ in range(_TRIES if shell else 0):
        try:
            pid, status = os.waitpid(shell, os.WNOHANG)
        except ChildProcessError:
            return None
        if pid:
            return status
        time.sleep(_TRY_S)
    return None


def _sync_logs(paths: RunFiles) -> None:
    """Flush the logs to disk, after the final state is written, so that no reader waits for it."""
    for number in range(1, last_attempt(paths) + 1):
        try:
            descriptor = os.open(paths.log(number), os.O_RDONLY | os.O_CLOEXEC)
            os.fdatasync(descriptor)
            os.close(descriptor)
        except OSError:
            continue
