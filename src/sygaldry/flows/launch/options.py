"""What the options of a launch add to its workspace: the folder, variables, ports and limits."""

from __future__ import annotations

import os
import posixpath

from sygaldry.model.container_environment import WORKSPACE
from sygaldry.model.errors import NotFoundError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# The dynamic linker obeys these before the sandbox exists.
_LOADER_PREFIXES = ("LD_", "GLIBC_TUNABLES", "GCONV_PATH")


def working_folder(workdir: str, folder: str, workspace: str) -> str:
    """Return the folder inside in which the command starts. Raises NotFoundError for one that the workspace lacks."""
    if workdir:
        inside = posixpath.normpath(posixpath.join(WORKSPACE, workdir))
        below = _below(inside, WORKSPACE)
        if below is not None and not os.path.isdir(f"{workspace}/{below}"):
            raise NotFoundError(f"--workdir: there is no folder {below!r} in {workspace}", hint="it is not created")
        return inside
    below = _below(os.path.realpath(folder), os.path.realpath(workspace)) if folder else None
    return f"{WORKSPACE}/{below}" if below else WORKSPACE


def check_folder_in_sandbox(argv: tuple[str, ...], folder: str) -> None:
    """Refuse a working folder that the sandbox will not have, at which bubblewrap itself would fail late.

    Raises NotFoundError.
    """
    from sygaldry.runtimes._sandbox_folder import source_of

    source = source_of(argv, folder)
    if source is None or (source and not os.path.isdir(source)):
        raise NotFoundError(
            f"--workdir: there is no folder {folder} in the sandbox",
            hint=f"create it first, or mount one there: --mount /SOURCE:{folder}",
        )


def _below(path: str, parent: str) -> str | None:
    """Return the part of a path below a folder, or None if it is elsewhere."""
    if path == parent:
        return ""
    prefix = parent.rstrip("/") + "/"
    return path.removeprefix(prefix) if path.startswith(prefix) else None


def variables(assignments: Iterable[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Split --env options into values and names of the caller's variables; the last one of a name wins."""
    values: dict[str, str] = {}
    names: dict[str, None] = {}
    for each in assignments:
        name, equals, value = each.partition("=")
        if equals:
            values[name] = value
            names.pop(name, None)
        else:
            names[name] = None
            values.pop(name, None)
    return values, tuple(names)


def env_files(paths: Iterable[str], runtime: str) -> tuple[str, ...]:
    """Check files of variables and return their absolute paths. Raises UsageError."""
    found = tuple(os.path.abspath(os.path.expanduser(path)) for path in paths)
    if not found:
        return ()
    from sygaldry.host.env_file import load_env_file

    for path in found:
        loader = [name for name in load_env_file(path) if name.startswith(_LOADER_PREFIXES)]
        if runtime == "sandbox" and loader:
            raise UsageError(
                f"{path} sets {loader[0]}, which bubblewrap itself would obey outside of the sandbox",
                hint=f"set it inside: -- env {loader[0]}=... COMMAND",
            )
    return found


def published(ports: Iterable[str]) -> tuple[str, ...]:
    """Complete [ADDRESS:]HOST_PORT:PORT: without an address a port is open to this machine only."""
    return tuple(port if port.count(":") > 1 else f"127.0.0.1:{port}" for port in ports)
