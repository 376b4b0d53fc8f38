"""Stop every process of a launch's namespace with the launch, and continue those that were stopped by it."""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os

from sygaldry.host.process_status import find_namespace_init

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def pause_namespace_below(ancestor: int) -> tuple[int, ...]:
    """Stop the processes of the namespace that a descendant created; returns those that were running.

    A parent is stopped before its children are listed, so that none of them starts another one unseen.
    """
    init = find_namespace_init(ancestor)
    found = _descendants(init) if init else ()
    return tuple(pid for pid in found if not _is_stopped(pid) and _send(pid, signal.SIGSTOP))


def continue_processes(pids: tuple[int, ...]) -> None:
    """Continue processes, children first. What has another parent's number by now is none of them: all were stopped."""
    for pid in reversed(pids):
        if _is_stopped(pid):
            _send(pid, signal.SIGCONT)


def _descendants(pid: int) -> Iterator[int]:
    """Yield the descendants of a process, each before its own children are looked up."""
    for child in _children_of_threads(pid):
        yield child
        yield from _descendants(child)


def _children_of_threads(pid: int) -> tuple[int, ...]:
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:  # it has ended
        return ()
    return tuple(child for thread in threads for child in _children_of_thread(pid, thread))


def _children_of_thread(pid: int, thread: str) -> tuple[int, ...]:
    try:
        with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
            return tuple(int(word) for word in file.read().split())
    except OSError:
        return ()


def _is_stopped(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] == b"T"
    except (OSError, IndexError):
        return True  # it has ended


def _send(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
