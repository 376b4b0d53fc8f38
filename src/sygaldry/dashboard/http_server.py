"""Run an application with uvicorn on a listening socket until a signal ends it."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from sygaldry.host.listen import Listener

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MOST_CONNECTIONS: Final = 400
_SHUTDOWN_S: Final = 3


def run_server(
    app: Any,  # noqa: ANN401 - an ASGI application
    listener: Listener,
    ready: Callable[[], None],
    stopping: threading.Event,
    *,
    has_lifespan: bool = False,
) -> int:
    """Serve; `ready` is called once it answers, and `stopping` is set before it waits for open streams."""

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
            if self.started:
                ready()

        async def shutdown(self, sockets: list[Listener] | None = None) -> None:
            stopping.set()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,  # addresses may hold the token
        server_header=False,
        lifespan="on" if has_lifespan else "off",
        ws="none",
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_SHUTDOWN_S,
        h11_max_incomplete_event_size=16 << 10,
    )
    server = Server(config)
    server.run([listener])
    return 0 if server.started else 1
