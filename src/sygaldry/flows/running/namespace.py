"""Start and end a sandbox that stays: a background process holds it, its keeper starts the commands."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from typing import TYPE_CHECKING, Final

from sygaldry import runtimes
from sygaldry.flows.running.record import life_lock_path, log_path, socket_path
from sygaldry.host import attach, files
from sygaldry.host.daemonize import detach
from sygaldry.host.foreground import run_in_foreground
from sygaldry.host.locks import is_held
from sygaldry.model.container_environment import SYGALDRY
from sygaldry.model.errors import RuntimeMissingError
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from sygaldry.flows.launch.plan import Plan
    from sygaldry.model.machine import Machine
    from sygaldry.model.storage import Storage

_KEEPER: Final = f"{SYGALDRY}/src/sygaldry/supervisor/keeper.py"
_OUT_OF_THE_WAY: Final = 20  # of the descriptors that programs are started with
_PATIENCE_S: Final = 30.0


def start_namespace(plan: Plan, machine: Machine, idle_s: int) -> None:
    """Start the sandbox of a plan in the background. Raises RuntimeMissingError with what its log says."""
    storage = plan.found.storage
    with attach.listen(socket_path(storage)) as listener:
        socket = fcntl.fcntl(listener.fileno(), fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    words = ("python3", "-I", "-S", _KEEPER, str(socket), str(idle_s))
    workspace = replace(plan.workspace, argv=(*plan.workspace.argv, *words), terminal=False, interactive=False)
    start = runtimes.get(plan.runtime.name).launch(workspace, machine)
    files.replace(log_path(storage), "")
    with files.locked(life_lock_path(storage)) as held, files.locked(storage.in_use, shared=True) as in_use:
        life = fcntl.fcntl(held or -1, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
        user = fcntl.fcntl(in_use or -1, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
        command = replace(start, holds=(socket, life))

        def hold() -> None:
            files.replace(_pid_path(storage), f"{os.getpid()}\n")
            run_in_foreground(command)

        detach(hold, log_path(storage), (socket, life, user))
    for descriptor in (socket, life, user):
        os.close(descriptor)
    _wait_until_ready(storage)


def _wait_until_ready(storage: Storage) -> None:
    """Wait for the keeper's first line: the socket accepts connections before anyone reads from it."""
    deadline = time.monotonic() + _PATIENCE_S
    while not (lines := (files.read_if_there(log_path(storage)) or "").splitlines()) or "started" not in lines[-1]:
        if not is_held(life_lock_path(storage)) or time.monotonic() > deadline:
            last = lines[-1] if lines else "it printed nothing"
            raise RuntimeMissingError(
                f"the sandbox did not start: {last}", hint=f"its log: {log_path(storage)}; check: sygaldry doctor"
            )
        time.sleep(0.01)


def stop_namespace(storage: Storage, grace_s: float) -> None:
    """End a sandbox with everything in it; returns when it is gone."""
    if attach.request_stop(socket_path(storage), grace_s) and _is_gone(storage, grace_s + 5):
        return
    # The keeper is gone or stopped; with the process that holds the sandbox, everything inside ends.
    pid = (files.read_if_there(_pid_path(storage)) or "").strip()
    if pid.isdigit() and is_held(life_lock_path(storage)) and _is_ours(int(pid)):
        os.kill(int(pid), signal.SIGKILL)
        _is_gone(storage, _PATIENCE_S)


def _is_ours(pid: int) -> bool:
    """Return whether a process is still the one that was noted: it has our life lock open."""
    try:
        return any(
            "environment.lock" in os.readlink(f"/proc/{pid}/fd/{each}") for each in os.listdir(f"/proc/{pid}/fd")
        )
    except OSError:
        return False


def _is_gone(storage: Storage, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while is_held(life_lock_path(storage)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _pid_path(storage: Storage) -> str:
    return storage.at(".sygaldry", "environment.pid")
