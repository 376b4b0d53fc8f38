"""How an attempt ended: from the exit code and what we did ourselves, never from words in a log."""

from __future__ import annotations

from sygaldry.supervisor.status_line import ended_with


def verdict(code: int, ended_by: str, out_of_memory: bool) -> tuple[str, ...]:
    """Return state, who ended it and why."""
    if ended_by == "stop":
        return "STOPPED", "user", "somebody asked for it"
    if ended_by:
        return "TIMEOUT", "runner", "it ran too long" if ended_by == "timeout" else "it printed nothing for too long"
    if code == 0:
        return "DONE", "job", ""
    if out_of_memory:
        return "OOM", "machine", "the kernel killed a process of it for want of memory"
    return "FAILED", "job", ended_with(code)
