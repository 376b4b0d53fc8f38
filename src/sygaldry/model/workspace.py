"""A container to work in, as a value: what every runtime turns into its own command."""

from __future__ import annotations

from sygaldry.model.errors import UsageError
from sygaldry.model.value import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

LAUNCH_LABEL = "dev.sygaldry.launch"  # identifies a container whose name the caller chose


@dataclass(frozen=True)
class Mount:
    """A folder or file of the host and where it appears; both paths absolute."""

    source: str
    target: str
    writable: bool = False

    def __post_init__(self) -> None:
        for path in (self.source, self.target):
            if not path.startswith("/") or "\0" in path:
                raise UsageError(f"cannot mount {path!r}: a mount needs absolute paths")


@dataclass(frozen=True)
class Identity:
    """Who the command runs as: the caller, under the name kvothe; `alias` is another name that a project uses."""

    uid: int
    gid: int
    groups: tuple[int, ...] = ()
    alias: str = ""


@dataclass(frozen=True)
class Workspace:
    """Everything a runtime needs to start one command.

    `environment` holds values that Sygaldry sets, `variables` values that the caller gives, which win. `env_files` are
    files of more variables, whose values appear in no argument list. `passed` names variables that reach the command
    with the caller's values. `devices` are device nodes, `gpus` and `options` the engine's own words. `scratch` is a
    folder of the host for the temporary files of a runtime whose own /tmp is small. `hidden` are folders of the host
    that a runtime which shows the host's root must not show.
    """

    name: str
    project: str
    image: str
    argv: tuple[str, ...]
    identity: Identity
    mounts: tuple[Mount, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    env_files: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    directory: str = "/workspace"
    hostname: str = "sygaldry"
    network: str = "bridge"
    shm_size: str = "8g"
    memory: str = ""
    pids_limit: str = ""
    secrets: tuple[str, ...] = ()
    secret_file: str = ""
    cpus: str = ""
    ports: tuple[str, ...] = ()
    log_driver: str = "none"
    options: tuple[str, ...] = ()
    rootfs: str = ""
    scratch: str = ""
    interactive: bool = False
    terminal: bool = False
    detached: bool = False
    gpus: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
