"""Servers that answer a notification in every wrong way cost a bounded time, and no reason names the address."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from sygaldry.host.post import post_signed

Serve = Callable[[bytes], str]
_PATH = "not-for-a-record"


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give a server that answers each connection with the same bytes; without any it stays silent."""
    running: list[tuple[socket.socket, threading.Thread]] = []

    def begin(answer: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=_answer_all, args=(listener, answer), daemon=True)
        thread.start()
        running.append((listener, thread))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/{_PATH}"

    yield begin
    for listener, thread in running:
        listener.shutdown(socket.SHUT_RDWR)  # closing it would not end an accept that waits
        thread.join()
        listener.close()


def _answer_all(listener: socket.socket, answer: bytes) -> None:
    """Answer until the listener is shut down; a connection stays open as of a server that sends the rest later."""
    with ExitStack() as held:
        while True:
            try:
                connection = held.enter_context(listener.accept()[0])
            except OSError:
                return
            with suppress(OSError):  # the other end may have left meanwhile
                connection.recv(65536)
                connection.sendall(answer)
            if answer.endswith(b"\r\n\r\n"):
                connection.close()


def _no_pause(_seconds: float) -> None:
    return


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        (b"\x00\xff rubbish\r\n\r\n", "the server's answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n\r\n", "the server's answer is not HTTP"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n", "the server answered 302"),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "the server answered 503"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", "no answer within 0.2 s"),
        (b"", "no answer within 0.2 s"),
    ],
)
def test_every_answer_has_an_end_and_a_reason(serve: Serve, answer: bytes, why: str) -> None:
    limit_s = 0.2 if why.startswith("no answer") else 30.0
    assert post_signed(serve(answer), b"{}", b"", pause=_no_pause, limit_s=limit_s) == why


@pytest.mark.parametrize(
    "url",
    [f"http://127.0.0.1:port/{_PATH}", f"http://127.0.0.1:9/{_PATH} x", f"http://[::1/{_PATH}", f"ftp://h/{_PATH}"],
)
def test_an_address_that_is_not_valid_is_not_repeated(url: str) -> None:
    why = post_signed(url, b"{}", b"", pause=_no_pause)
    assert why.startswith("the address is not ")
    assert _PATH not in why
