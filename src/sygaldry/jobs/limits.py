"""The limits of a job: part of its specification, read by the supervisor."""

from dataclasses import dataclass


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
