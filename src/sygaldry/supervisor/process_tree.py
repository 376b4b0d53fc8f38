"""The processes of a job: who descends from us, how much they have worked, and ending them all."""

from __future__ import annotations

import os
import signal

_TICKS = os.sysconf("SC_CLK_TCK")


def descendants(root: int) -> list[int]:
    """List every descendant of a process, parents before children, in whatever session they are."""
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


def cpu_seconds(pids: list[int]) -> float:
    """Add up what processes, and their children that have ended, have worked."""
    ticks = 0
    for pid in pids:
        fields = _stat(pid)
        if fields:
            ticks += sum(int(each) for each in fields[11:15])
    return ticks / _TICKS


def send(pids: list[int], number: int) -> None:
    """Send a signal to each that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            continue


def kill_all(root: int, *, spared: tuple[int, ...] = ()) -> None:
    """Kill every descendant, again until no new one appears: a fork may outrun one pass."""
    for _ in range(50):
        alive = [pid for pid in descendants(root) if pid not in spared and not _is_dead(pid)]
        if not alive:
            return
        send(alive, signal.SIGSTOP)
        send(alive, signal.SIGKILL)
        reap(spared)


def reap(spared: tuple[int, ...] = ()) -> None:
    """Collect the children that have ended, but those we want the exit code of."""
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
    """Return the fields after the name, which may itself hold spaces and parentheses: state, parent, ..."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(") ")[2].split()
    except OSError:
        return []
