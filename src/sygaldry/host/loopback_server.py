"""Serve a few texts on a loopback address of this host, to a build that can mount nothing.

Docker's legacy builder has no secrets and no mounts. Nothing confidential is served: every local user can connect.
"""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TIMEOUT_S = 10


@contextmanager
def serve(texts: Mapping[str, bytes]) -> Iterator[str]:
    """Serve each text under its name; yields NAME:ADDRESS as `docker build --add-host` reads it, empty without texts.

    The name carries the port: /etc/hosts is all that the legacy builder passes on without rebuilding its cache.
    """
    if not texts:
        yield ""
        return
    address = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250) + 2}.{secrets.randbelow(250) + 2}"
    server = ThreadingHTTPServer((address, 0), _handler(texts))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()
    try:
        yield f"sygaldry-settings-{server.server_address[1]}:{address}"
    finally:
        server.shutdown()
        server.server_close()


def _handler(texts: Mapping[str, bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _TIMEOUT_S

        def do_GET(self) -> None:  # the name is the interface of http.server
            text = texts.get(self.path.removeprefix("/"), b"")
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Write no line for each request to stderr."""

    return Handler
