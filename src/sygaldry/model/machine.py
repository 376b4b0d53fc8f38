"""Facts about this machine, gathered once by host and read by everybody."""

from __future__ import annotations

from sygaldry.model.value import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Entry:
    """One name in a folder; `link` is where it points if it is a symbolic link, else empty."""

    name: str
    link: str = ""


@dataclass(frozen=True)
class Machine:
    """What the runtimes need to know before they are asked anything.

    `programs` maps the names of engines and tools to their paths, leaving out what is absent. `root` and `opt` are
    the entries of the folders that a sandbox shows. `open_files` and `processes` are hard limits, -1 for none.
    """

    uid: int
    gid: int
    groups: tuple[int, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict)
    docker_socket: str = ""
    root: tuple[Entry, ...] = ()
    opt: tuple[Entry, ...] = ()
    resolver: str = ""
    selinux: bool = False
    kernel: Mapping[str, str] = field(default_factory=dict)
    open_files: int = -1
    processes: int = -1
