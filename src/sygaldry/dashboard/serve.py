"""Serve the dashboard until a signal ends it."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sygaldry.config.kinds import is_name
from sygaldry.dashboard.access import LOOPBACK, Access, is_strong, new_token
from sygaldry.dashboard.projects import roots_of
from sygaldry.host import files
from sygaldry.host.listen import Listener, listen_tcp, listen_unix
from sygaldry.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sygaldry.config.resolve import Resolved
    from sygaldry.dashboard.context import Context

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MOST_CONNECTIONS: Final = 400
_SHUTDOWN_S: Final = 3
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
    listener = _listen(options)
    try:
        return _serve(make_context(resolved, options, access), listener, lambda: announce(address_of(listener, access)))
    finally:
        listener.close()
        if options.socket:
            os.unlink(options.socket)


def _listen(options: ServeOptions) -> Listener:
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
    name = listener.getsockname()
    if isinstance(name, str):
        return f"http://localhost/?token={access.token}"
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}/?token={access.token}"


def _serve(context: Context, listener: Listener, ready: Callable[[], None]) -> int:
    import uvicorn

    from sygaldry.dashboard.app import build_app

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """End the server at a signal; uvicorn's own way would raise it again and skip our clean-up."""
            previous = {number: signal.signal(number, self.handle_exit) for number in _ENDING}
            try:
                yield
            finally:
                for number, handler in previous.items():
                    signal.signal(number, handler)

        async def startup(self, sockets: list[Listener] | None = None) -> None:
            await super().startup(sockets)
            ready()

        async def shutdown(self, sockets: list[Listener] | None = None) -> None:
            context.stopping.set()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        build_app(context),
        log_level="error",
        access_log=False,  # addresses may hold the token
        server_header=False,
        lifespan="off",
        ws="none",
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_SHUTDOWN_S,
        h11_max_incomplete_event_size=16 << 10,
    )
    threading.Thread(target=_read_ahead, args=(context,), daemon=True).start()
    server = Server(config)
    server.run([listener])
    return 0 if server.started else 1


def _read_ahead(context: Context) -> None:
    """Read the runs in the background, in small steps, so that filters by state find them."""
    while not context.stopping.is_set():
        is_more = context.index.read_ahead(_READ_AHEAD_S)
        context.stopping.wait(_READ_AHEAD_S if is_more else _IDLE_S)
