"""Read what the kernel reports about a process: its signals, its children, and its place in a process namespace."""

from __future__ import annotations

import os

_NAMESPACE = b"NSpid"


def children(pid: int) -> tuple[int, ...]:
    """Return the children of a process; none if it has ended."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", "rb") as file:
            return tuple(int(word) for word in file.read().split())
    except OSError:
        return ()


def ignores(pid: int, number: int) -> bool:
    """Return whether a process ignores a signal: bubblewrap leaves all of them ignored, and bash ignores SIGQUIT."""
    return bool(int(_field(pid, b"SigIgn") or b"0", 16) >> (number - 1) & 1)


def has_ended(pid: int) -> bool:
    """Return whether a process has ended, although its parent may not have noticed."""
    return _field(pid, b"State")[:1] in (b"", b"Z", b"X")


def is_namespace_init(pid: int) -> bool:
    """Return whether a process is the first one of a process namespace below ours."""
    numbers = _field(pid, _NAMESPACE).split()
    return len(numbers) > len(_field(os.getpid(), _NAMESPACE).split()) and numbers[-1] == b"1"


def find_namespace_init(ancestor: int) -> int:
    """Return the first process of the namespace that a descendant of a process created, or 0."""
    generation = children(ancestor)
    while generation:
        if found := next((pid for pid in generation if is_namespace_init(pid)), 0):
            return found
        generation = tuple(child for pid in generation for child in children(pid))
    return 0


def _field(pid: int, name: bytes) -> bytes:
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            _, _, rest = file.read().partition(b"\n" + name + b":")
    except OSError:
        return b""
    return rest.split(b"\n")[0].strip()


def command_line(pid: int) -> bytes:
    """Return the words of a process, each ended by NUL; empty if it has ended."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""
