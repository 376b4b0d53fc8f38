"""Facts about this machine, gathered once by host and read by everybody."""

from __future__ import annotations

from sygaldry.model.value import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


# What a sandbox must hide, as docker does: https://github.com/moby/moby/blob/master/oci/defaults.go
MASKED_FILES = (
    "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/timer_list", "/proc/timer_stats",
)  # fmt: skip
MASKED_FOLDERS = (
    "/proc/acpi", "/proc/asound", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap", "/sys/fs/bpf",
    "/sys/kernel/debug", "/sys/kernel/tracing", "/etc/ssl/private", "/etc/pki/tls/private",
)  # fmt: skip
MASKED_PATHS = (*MASKED_FILES, *MASKED_FOLDERS)


@dataclass(frozen=True)
class Entry:
    """One name in a folder; `link` is where it points if it is a symbolic link, else empty."""

    name: str
    link: str = ""


@dataclass(frozen=True)
class Machine:
    """What the runtimes need to know before they are asked anything.

    `programs` maps the names of engines and tools to their paths, leaving out what is absent. `root` and `opt` are
    the entries of the folders that a sandbox shows, `etc` those of /etc, `masked` the paths that it must hide and that
    exist here. `resolver` is the file that becomes /etc/resolv.conf; `local_resolver` says that its name server answers
    on the loopback only, `offline` that there is no network at all. `limiter` is what can bound memory and processes:
    systemd, systemd-user, cgroup1, cgroup2 or nothing. `open_files` and `processes` are hard limits, -1 for none.
    """

    uid: int
    gid: int
    groups: tuple[int, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict)
    docker_socket: str = ""
    docker_owner: int = -1
    root: tuple[Entry, ...] = ()
    opt: tuple[Entry, ...] = ()
    etc: tuple[Entry, ...] = ()
    masked: tuple[str, ...] = ()
    architecture: str = ""
    limiter: str = ""
    resolver: str = ""
    local_resolver: bool = False
    offline: bool = False
    selinux: bool = False
    kernel: Mapping[str, str] = field(default_factory=dict)
    open_files: int = -1
    processes: int = -1
