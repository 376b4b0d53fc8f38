"""Documents of a server are fetched in bounded time and size."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sygaldry.host import http
from sygaldry.model.errors import MachineNotReadyError, NotFoundError

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """Serve one kind of answer on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_address[1]}/document"
        listening.shutdown()


def void(_: object) -> None:
    """Drop a value."""


def sends(body: bytes, code: int = 200) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_document_is_read_whole_or_refused_for_its_size() -> None:
    with server(sends(b"12345678")) as url:
        assert http.fetch(url, 8) == b"12345678"
        assert http.fetch(url, 4, whole=False) == b"1234"
        with pytest.raises(MachineNotReadyError, match="larger than 4 bytes"):
            http.fetch(url, 4)


@pytest.mark.parametrize(("code", "error"), [(404, NotFoundError), (403, http.ForbiddenError)])
def test_a_missing_and_a_forbidden_document_differ(code: int, error: type[Exception]) -> None:
    with server(sends(b"", code)) as url, pytest.raises(error):
        http.fetch(url, 10)


@pytest.mark.parametrize("line", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n1"])
def test_an_answer_that_is_no_http_or_ends_early_is_refused(line: bytes) -> None:
    with server(lambda handler: void(handler.wfile.write(line))) as url, pytest.raises(MachineNotReadyError):
        http.fetch(url, 100)


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_server_that_sends_a_byte_at_a_time_is_given_up(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_WHOLE_TIMEOUT_S", 0.3)
    is_over = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        if part == "body":
            handler.send_response(200)
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        while not is_over.wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    with server(trickle) as url:
        with pytest.raises(MachineNotReadyError, match="did not finish its answer"):
            http.fetch(url, 10**6)
        is_over.set()
