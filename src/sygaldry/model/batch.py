"""A job for a scheduler, and what the scheduler reports about it, as values."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True)
class Resources:
    """What a job asks a scheduler for; an empty text or 0 leaves the choice to the site."""

    partition: str = ""
    account: str = ""
    qos: str = ""
    reservation: str = ""
    constraint: str = ""
    gres: str = ""
    gpus: str = ""
    cpus: int = 0  # per task
    memory: str = ""  # per node, as the scheduler writes it: 16G
    nodes: int = 0
    tasks: int = 0
    begin: str = ""
    nice: int = 0
    extra: tuple[str, ...] = ()  # the scheduler's own options, passed on as they are; they win


@dataclass(frozen=True)
class BatchJob:
    """One run as a scheduler starts it.

    `uuid` is the identity of the run: scheduler ids are reused. `command` runs in the foreground on the first node.
    `claim` is a file that only the first start can create. `variables` are exported by value, so they hold no secret.
    """

    uuid: str
    job: str
    run: str
    command: tuple[str, ...]
    folder: str  # the working directory
    claim: str
    output: str  # what the script itself prints; the job's log is written by its supervisor
    resources: Resources = Resources()
    variables: dict[str, str] = field(default_factory=dict)
    time_limit_s: float = 0
    warning: str = ""  # a signal before the limit, such as USR1
    warning_s: float = 0  # how long before it
    array: str = ""
    requeue: bool = False
    avoid: tuple[str, ...] = ()  # nodes that it must not run on

    @property
    def name(self) -> str:
        """The name under which the scheduler shows it: a part for people, then the identity; under 64 characters."""
        return f"{self.job[:24]}.{self.uuid}"


@dataclass(frozen=True)
class Handle:
    """How a scheduler names a job. The id alone is no identity: a restarted controller may give it out again."""

    id: str
    cluster: str = ""


class Phase(StrEnum):
    """Where a job is, by its scheduler's word."""

    WAITING = "waiting"
    ACTIVE = "active"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SchedulerReport:
    """A scheduler's word about one job: how it ended, never with which exit code, which our own file holds."""

    handle: Handle
    uuid: str
    phase: Phase
    word: str  # the scheduler's own: PENDING, NODE_FAIL, ...
    reason: str = ""
    node: str = ""
    by: str = ""  # the user who cancelled it, where the scheduler reports it
    tasks: str = ""  # of an array: the tasks that this report is about, such as 3 or 4-9
