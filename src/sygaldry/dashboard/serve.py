"""Serve the dashboard until a signal ends it."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sygaldry.config.kinds import is_name
from sygaldry.dashboard.access import LOOPBACK, Access, is_strong, new_token
from sygaldry.dashboard.projects import roots_of
from sygaldry.host import files
from sygaldry.host.listen import Listener, listen_tcp, listen_unix
from sygaldry.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.config.resolve import Resolved
    from sygaldry.dashboard.context import Context

_READ_AHEAD_S: Final = 0.05
_IDLE_S: Final = 5.0
_LARGEST_TOKEN: Final = 4096


@dataclass(frozen=True)
class ServeOptions:
    """Where and how to serve."""

    port: int = 0
    listen: str = ""
    socket: str = ""
    token_file: str = ""
    project: str = ""
    read_only: bool = False


def serve(resolved: Resolved, options: ServeOptions, announce: Callable[[str], None]) -> int:
    """Serve until SIGINT or SIGTERM; `announce` gets the address with the token, once it answers."""
    check_options(options)
    access = Access(read_token(options.token_file), hosts=LOOPBACK | ({options.listen} if options.listen else set()))
    listener = open_listener(options)
    try:
        return _serve(make_context(resolved, options, access), listener, lambda: announce(address_of(listener, access)))
    finally:
        listener.close()
        if options.socket:
            os.unlink(options.socket)


def open_listener(options: ServeOptions) -> Listener:
    """Listen where the options say. Raises MachineNotReadyError."""
    return listen_unix(options.socket) if options.socket else listen_tcp(options.listen or "127.0.0.1", options.port)


def check_options(options: ServeOptions) -> None:
    """Refuse what contradicts itself. Raises UsageError."""
    if options.listen and not options.token_file:
        raise UsageError(
            f"--listen {options.listen} lets other machines connect, without encryption; it needs --token-file",
            hint="better: ssh -L 18900:127.0.0.1:18900 HOST, or --socket; else: --token-file FILE with a long secret",
        )
    if options.listen and options.socket:
        raise UsageError("--listen and --socket exclude each other")
    if options.project and not is_name(options.project):
        raise UsageError(f"not a valid project id: {options.project!r}")


def read_token(path: str) -> str:
    """Return the token of a file, which only its owner may read, or a new one. Raises UsageError."""
    if not path:
        return new_token()
    text = files.read_if_there(path, _LARGEST_TOKEN)
    if text is None:
        raise UsageError(f"there is no file {path}", hint=f"make it: (umask 077; openssl rand -hex 32 >{path})")
    if os.stat(path).st_mode & 0o077:
        raise UsageError(f"{path} can be read by other users", hint=f"chmod 600 {path}")
    if not is_strong(text.strip()):
        raise UsageError(
            f"the token in {path} needs at least 16 characters without spaces", hint="openssl rand -hex 32"
        )
    return text.strip()


def make_context(resolved: Resolved, options: ServeOptions, access: Access) -> Context:
    """Return the state of a server."""
    from sygaldry.dashboard.context import Context
    from sygaldry.dashboard.index import RunIndex
    from sygaldry.dashboard.measured import Cache
    from sygaldry.dashboard.templates import load_templates

    index = RunIndex(roots_of(resolved), options.project)
    return Context(index, access, load_templates(), resolved, Cache(), options.read_only)


def address_of(listener: Listener, access: Access) -> str:
    """Return the address to open, with the token."""
    return f"{origin_of(listener)}/?token={access.token}"


def origin_of(listener: Listener) -> str:
    """Return the first part of every address of a server."""
    name = listener.getsockname()
    if isinstance(name, str):
        return "http://localhost"
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}"


def _serve(context: Context, listener: Listener, ready: Callable[[], None]) -> int:
    from sygaldry.dashboard.app import build_app
    from sygaldry.dashboard.http_server import run_server

    threading.Thread(target=_read_ahead, args=(context,), daemon=True).start()
    return run_server(build_app(context), listener, ready, context.stopping)


def _read_ahead(context: Context) -> None:
    """Read the runs in the background, in small steps, so that filters by state find them."""
    while not context.stopping.is_set():
        is_more = context.index.read_ahead(_READ_AHEAD_S)
        context.stopping.wait(_READ_AHEAD_S if is_more else _IDLE_S)
