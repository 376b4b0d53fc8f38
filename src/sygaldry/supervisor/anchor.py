"""The process that a container lives by: it only waits for the supervisor, and stays when that one is killed."""

from __future__ import annotations

import os
import time

from sygaldry.supervisor import exit_code_shell, locks, process_tree
from sygaldry.supervisor.ledger import last_attempt
from sygaldry.supervisor.log_pipe import secrets, sink_for
from sygaldry.supervisor.outcome import verdict
from sygaldry.supervisor.output_monitor import is_ours_alone, oom_kills
from sygaldry.supervisor.recorder import Book
from sygaldry.supervisor.signals import Ears

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.run_files import Names

CANNOT = 125
_TRIES, _TRY_S = 250, 0.02


def anchor(names: Names, child: int, began: float, pipe: tuple[int, int] | None, spec: dict[str, Any]) -> int:
    """Wait for the supervisor; if it was killed, for the command, whose orphans have become our children."""
    ears = Ears(names.control, names.stop, hears_control=False)
    ears.listen()
    killed_before = oom_kills()
    # It may have been killed before we listened, so look before hearing.
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        for number in ears.hear(3600):
            ears.pass_on(number)
    status = ended[1]
    if not os.WIFSIGNALED(status):
        _sync_logs(names)
        return os.WEXITSTATUS(status)
    code, asked = _orphaned(names, ears, pipe, spec)
    book = Book(names, began, secrets(dict(os.environb), tuple(spec.get("mask", ()))))
    book.close()
    if code is None:
        return CANNOT
    out_of_memory = is_ours_alone() and oom_kills() > killed_before
    state, ender, why = verdict(code, "stop" if asked else "", out_of_memory)
    size = os.path.getsize(names.log(last_attempt(names)))
    book.event("exit", size, state=state, rc=code, by=ender, why=why, orphaned=True)
    book.show(state, {"by": ender}, code=code, step=why, durable=True)
    return code


def _orphaned(names: Names, ears: Ears, pipe: tuple[int, int] | None, spec: dict[str, Any]) -> tuple[int | None, bool]:
    """Stay with the command, carry its output if nobody else does, obey `stop`; its code and whether it was stopped."""
    attempt, shell = last_attempt(names), _shell()
    log = os.open(names.log(attempt), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600) if pipe else -1
    sink = sink_for(pipe, log, spec, ears)
    asked = False
    while locks.is_held(names.run_lock(attempt)):
        ears.hear(0.2)
        if sink:
            sink.drain()
        process_tree.reap((shell,))
        if ears.wants_stop():
            asked = True
            process_tree.kill_all(os.getpid(), spared=(shell,))
    code = _exit_code(names.code(attempt), shell)
    process_tree.kill_all(os.getpid())
    if sink:
        sink.finish()
    return code, asked


def _shell() -> int:
    """Find the shell that writes the exit code among those we have adopted; 0 if it has gone."""
    return next((pid for pid in process_tree.descendants(os.getpid()) if exit_code_shell.is_one(pid)), 0)


def _exit_code(path: str, shell: int) -> int | None:
    """Read the exit code, or take it from the shell: what it renames the code with may have been killed by a stop."""
    status = _status_of(shell)
    written = exit_code_shell.code_of(path)
    if written is not None or status is None:
        return written
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _status_of(shell: int) -> int | None:
    """Collect a shell that has let go of its lock, so that it ends in a moment."""
    for _ in range(_TRIES if shell else 0):
        try:
            pid, status = os.waitpid(shell, os.WNOHANG)
        except ChildProcessError:
            return None
        if pid:
            return status
        time.sleep(_TRY_S)
    return None


def _sync_logs(names: Names) -> None:
    """Bring the output to the disk; nobody who waits for the verdict has to wait for this."""
    for number in range(1, last_attempt(names) + 1):
        try:
            descriptor = os.open(names.log(number), os.O_RDONLY | os.O_CLOEXEC)
            os.fdatasync(descriptor)
            os.close(descriptor)
        except OSError:
            continue
