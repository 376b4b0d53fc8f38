"""Ask a container engine over its socket: 1 ms, against 36 ms for starting its client."""

import socket

from sygaldry.model.command import HttpAnswer, HttpGet

_LARGEST_BYTES = 8 * 2**20


def get(question: HttpGet) -> HttpAnswer:
    """Send one GET. HTTP/1.0 makes the engine close the connection, so that no length or chunk must be parsed."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(question.timeout_s)
    try:
        connection.connect(question.socket)
        connection.sendall(f"GET {question.path} HTTP/1.0\r\nHost: engine\r\n\r\n".encode())
        return _parsed(_received(connection))
    except PermissionError as error:
        return HttpAnswer(-1, error=error.strerror or "permission denied")
    except OSError as error:
        return HttpAnswer(0, error=error.strerror or str(error))
    finally:
        connection.close()


def _received(connection: socket.socket) -> bytes:
    data = bytearray()
    while len(data) < _LARGEST_BYTES and (chunk := connection.recv(65536)):
        data += chunk
    return bytes(data)


def _parsed(data: bytes) -> HttpAnswer:
    head, _, body = data.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    if len(words) < 2 or not words[1].isdigit():
        return HttpAnswer(0, error="it does not speak HTTP")
    return HttpAnswer(int(words[1]), body.decode("utf-8", "replace"))
