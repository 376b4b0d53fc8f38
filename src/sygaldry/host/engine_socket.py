"""Query a container engine over its socket: 1 ms, where starting its client costs 36 ms."""

from __future__ import annotations

import _socket  # the module socket wraps it in enums and selectors, for 17 ms
from time import monotonic

from sygaldry.model.command import HttpAnswer, HttpGet

_LARGEST_BYTES = 8 * 2**20


def get(question: HttpGet) -> HttpAnswer:
    """Send one GET. HTTP/1.0 makes the engine close the connection, so that no length or chunk must be parsed."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.settimeout(question.timeout_s)
    deadline = monotonic() + question.timeout_s
    try:
        connection.connect(question.socket)
        request = memoryview(f"GET {question.path} HTTP/1.0\r\nHost: engine\r\n\r\n".encode())
        while request:
            request = request[connection.send(request) :]
        return _parse(_receive(connection, deadline))
    except PermissionError as error:
        return HttpAnswer(-1, error=error.strerror or "permission denied")
    except OSError as error:
        return HttpAnswer(0, error=error.strerror or str(error))
    finally:
        connection.close()


def _receive(connection: _socket.socket, deadline: float) -> bytes:
    """Receive until the engine closes the connection. Raises TimeoutError if it has not by the deadline."""
    data = b""
    while len(data) < _LARGEST_BYTES:
        connection.settimeout(max(deadline - monotonic(), 0.001))
        chunk = connection.recv(65536)
        if not chunk:
            break
        data += chunk
    return data


def _parse(data: bytes) -> HttpAnswer:
    head, _, body = data.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    if len(words) < 2 or not words[1].isdigit():
        return HttpAnswer(0, error="it does not speak HTTP")
    server = head.partition(b"\r\nServer: ")[2].partition(b"\r\n")[0]
    return HttpAnswer(int(words[1]), body.decode("utf-8", "replace"), server=server.decode("latin-1"))
