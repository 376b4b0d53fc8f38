"""How an attempt ended: from the exit code and our own actions, never from words in a log."""

from __future__ import annotations

from sygaldry.supervisor.status_line import ended_with

BATCH_ENDED = "batch-ended"  # the scheduler knows why


def verdict(code: int, ended_by: str, out_of_memory: bool) -> tuple[str, ...]:
    """Return the state, who ended it, and why."""
    if ended_by == "stop":
        return "STOPPED", "user", "stopped by user"
    if ended_by == "gpu-lost":
        return "FAILED", "machine", "lost its GPU (--on-gpu-lost fail)"
    if ended_by and ended_by != BATCH_ENDED:
        return "TIMEOUT", "runner", "ran too long" if ended_by == "timeout" else "printed nothing for too long"
    if code == 0:
        return "DONE", "job", ""
    if out_of_memory:
        return "OOM", "machine", "the kernel killed one of its processes: out of memory"
    return "FAILED", "job", ended_with(code)
