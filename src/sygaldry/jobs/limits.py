"""The limits of a job: part of its specification, read by the supervisor."""

from dataclasses import dataclass, fields
from typing import Any, Final

_LARGEST: Final = 1 << 62


@dataclass(frozen=True)
class Limits:
    """The limits of a job, part of its specification; 0 means no limit."""

    timeout_s: float = 0
    idle_timeout_s: float = 0
    stall_s: float = 600
    grace_s: float = 10
    log_max: int = 0
    retries: int = 0
    backoff_s: float = 10
    after: tuple[str, ...] = ()
    slots: int = 0
    log_mode: str = "file"
    mask: tuple[str, ...] = ()
    warning: str = ""  # a signal before the time limit, such as USR1
    warning_s: float = 0  # how long before it
    requeue: bool = False  # its scheduler may start it again after a node failure or a preemption
    on_gpu_lost: str = "report"  # or "fail": end the job
    stdin: bool = False  # keep its standard input open for `job send`
    group: str = ""  # `slots` counts only the jobs of this group
    priority: int = 0  # of a queued job: higher ones start first


def parse_limits(spec: dict[str, Any]) -> Limits:
    """Return the limits of a specification; a value of another type than ours is left at its default."""
    found: dict[str, Any] = {}
    for each in fields(Limits):
        value, default = spec.get(each.name), each.default
        if isinstance(default, tuple) and isinstance(value, list):
            found[each.name] = tuple(str(word) for word in value)
        elif (isinstance(default, str) and isinstance(value, str)) or (
            isinstance(default, (int, float)) and isinstance(value, (int, float)) and 0 <= value < _LARGEST
        ):
            found[each.name] = value
    return Limits(**found)
