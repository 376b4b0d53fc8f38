"""What the sandbox shows of the host's root: what a toolchain needs, read-only, and nothing else."""

from __future__ import annotations

from sygaldry.model.machine import MASKED_FILES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from sygaldry.model.machine import Entry, Machine
    from sygaldry.model.workspace import Workspace

# Programs and libraries; a site's /sw, /cvmfs or /nix is added by the setting `host_folders`.
_SHOWN = frozenset({"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"})
# What an unpacked image root must not bring: made by the sandbox, or mounted from the project's storage.
_REPLACED = frozenset({"proc", "sys", "dev", "tmp", "run", "home", "root", "opt", "lost+found", "workspace", "config"})

# Settings of compilers, interpreters, name resolution, certificates, fonts and GPU libraries. Not in here: accounts,
# keys, services, and whatever else an administrator keeps in /etc.
_ETC = frozenset({
    "DIR_COLORS", "OpenCL", "R", "alternatives", "bash.bashrc", "bash_completion.d", "bashrc", "bazel", "bazel.bazelrc",
    "ca-certificates", "ca-certificates.conf", "crypto-policies", "dat.conf", "debian_version", "fonts", "gai.conf",
    "gdb", "gitconfig", "glvnd", "groff", "host.conf", "hosts", "inputrc", "issue", "ld.so.cache", "ld.so.conf",
    "ld.so.conf.d", "libibverbs.d", "lmod", "locale.alias", "locale.conf", "localtime", "login.defs", "lsb-release",
    "magic", "magic.mime", "mailcap", "manpath.config", "maven", "mime.types", "modulefiles", "nccl.conf", "networks",
    "nsswitch.conf", "openmpi", "os-release", "papersize", "perl", "pip.conf", "profile", "profile.d", "protocols",
    "rdma", "redhat-release", "rpc", "services", "shells", "skel", "ssl", "system-release", "terminfo", "timezone",
    "uv", "vulkan", "wgetrc", "xdg", "xml",
})  # fmt: skip
_ETC_PREFIXES = ("cuda", "java-", "nvidia", "pki", "python", "environment-modules")

# As docker masks them: https://github.com/moby/moby/blob/master/oci/defaults.go
_READ_ONLY = ("/proc/sys", "/proc/sysrq-trigger", "/proc/fs")


def root(workspace: Workspace, machine: Machine) -> Iterable[str]:
    """Show each entry of the root by itself, because a read-only root could hold no new mount points."""
    rootfs = workspace.rootfs
    for entry in machine.root:
        if (entry.name not in _REPLACED) if rootfs else (entry.name in _SHOWN):
            yield from _shown(rootfs, f"/{entry.name}", entry)
    if not rootfs:
        yield from _etc(machine)
        # Folders that every Linux has, empty here; /var/run is /run by its standard.
        yield from ("--tmpfs", "/var/tmp", "--symlink", "../run", "/var/run")  # noqa: S108 - paths inside the sandbox
    yield from ("--dir", "/opt")
    mounted = {mount.target.split("/")[2] for mount in workspace.mounts if mount.target.startswith("/opt/")}
    for entry in machine.opt:
        if entry.name not in mounted:
            yield from _shown(rootfs, f"/opt/{entry.name}", entry)


def kernel_interfaces(workspace: Workspace, machine: Machine) -> Iterable[str]:
    """Mount /proc, /sys and /dev: what changes or reveals the whole machine is read-only or hidden, also from root."""
    yield from ("--proc", "/proc")
    yield from (word for path in _READ_ONLY for word in ("--ro-bind-try", path, path))
    yield from ("--ro-bind-try", "/sys", "/sys")
    for path in machine.masked:
        if path in MASKED_FILES:
            yield from ("--ro-bind", "/dev/null", path)
        elif not (workspace.rootfs and path.startswith("/etc/")):
            yield from ("--tmpfs", path)
    yield from ("--dev", "/dev")


def hidden(workspace: Workspace) -> Iterable[str]:
    """Cover other projects' storage where it is in a folder that is shown: their homes may hold tokens."""
    if workspace.rootfs:
        return
    shown = ("/opt/", "/usr/", *(f"{mount.target}/" for mount in workspace.mounts if mount.source == mount.target))
    for folder in workspace.hidden:
        if folder.startswith(shown):
            yield from ("--tmpfs", folder)


def _etc(machine: Machine) -> Iterable[str]:
    yield from ("--dir", "/etc", "--symlink", "/proc/self/mounts", "/etc/mtab")
    for entry in machine.etc:
        if entry.name in _ETC or entry.name.startswith(_ETC_PREFIXES):
            # A link is followed: /etc/localtime and its like point to what is shown or to a file of its own.
            yield from ("--ro-bind-try", f"/etc/{entry.name}", f"/etc/{entry.name}")
    yield from ("--ro-bind-try", machine.resolver or "/etc/resolv.conf", "/etc/resolv.conf")


def _shown(rootfs: str, path: str, entry: Entry) -> tuple[str, ...]:
    return ("--symlink", entry.link, path) if entry.link else ("--ro-bind-try", f"{rootfs}{path}", path)
