"""The processes of a job: list them, measure their CPU time, end them all."""

from __future__ import annotations

import os
import signal

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def descendants(root: int) -> list[int]:
    """List every descendant of a process in any session, parents before children."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (fields := _stat(int(name))):
            children.setdefault(int(fields[1]), []).append(int(name))
    found: list[int] = []
    waiting = [root]
    while waiting:
        mine = children.get(waiting.pop(0), [])
        found += mine
        waiting += mine
    return found


def counted_descendants(root: int) -> list[int]:
    """List the descendants by the kernel's own lists of children: a few reads, however many processes the machine has.

    One that is being started at this moment may be missing, so this is for measurements, not for ending them.
    https://man7.org/linux/man-pages/man5/proc_tid_children.5.html
    """
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):  # a kernel without these lists
        return descendants(root)
    found: list[int] = []
    waiting = [root]
    while waiting:
        mine = _children_of(waiting.pop())
        found += mine
        waiting += mine
    return found


def _children_of(pid: int) -> list[int]:
    """Return the children of every thread of a process."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += [int(word) for word in file.read().split()]
    except OSError:  # it has ended
        pass
    return found


def usage(pids: list[int]) -> tuple[float, int]:
    """Sum the CPU seconds of processes and of their ended children, and their resident bytes."""
    ticks = pages = 0
    for pid in pids:
        fields = _stat(pid)
        if fields:
            ticks += sum(int(each) for each in fields[11:15])
            pages += int(fields[21])
    return ticks / _TICKS, pages * _PAGE_BYTES


def send(pids: list[int], number: int) -> None:
    """Send a signal to each process that still exists."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            continue


def kill_all(root: int, *, spared: tuple[int, ...] = ()) -> None:
    """Kill every descendant; repeat until none is left, because a fork may escape one pass."""
    for _ in range(50):
        alive = [pid for pid in descendants(root) if pid not in spared and not _is_dead(pid)]
        if not alive:
            return
        send(alive, signal.SIGSTOP)
        send(alive, signal.SIGKILL)
        reap(spared)


def reap(spared: tuple[int, ...] = ()) -> None:
    """Collect ended children, except the spared ones, whose exit codes are needed."""
    for pid in _children():
        if pid not in spared:
            try:
                os.waitpid(pid, os.WNOHANG)
            except OSError:
                continue


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _is_dead(pid: int) -> bool:
    fields = _stat(pid)
    return not fields or fields[0] in ("Z", "X")


def _stat(pid: int) -> list[str]:
    """Return the fields after the process name: state, parent, ... The name may hold spaces and parentheses."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(") ")[2].split()
    except OSError:
        return []
