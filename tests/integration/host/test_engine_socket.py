"""An engine is asked over its socket, in bounded time."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

from sygaldry.host import engine_socket
from sygaldry.model.command import HttpGet


def engine(path: Path, parts: list[bytes], pause_s: float) -> threading.Thread:
    """Answer one request on a socket with these parts."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    listening.listen()

    def answer() -> None:
        with listening, listening.accept()[0] as connection:
            connection.recv(4096)
            try:
                for part in parts:
                    connection.sendall(part)
                    time.sleep(pause_s)
            except OSError:  # the caller has given up
                return

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return thread


def test_an_answer_in_parts_is_put_together(tmp_path: Path) -> None:
    engine(tmp_path / "s", [b"HTTP/1.0 200 OK\r\nServer: Docker/20.10", b"\r\n\r\n[1,", b"2]"], 0.01)
    answer = engine_socket.get(HttpGet(str(tmp_path / "s"), "/x", timeout_s=10))
    assert (answer.status, answer.body, answer.server) == (200, "[1,2]", "Docker/20.10")


def test_an_engine_that_sends_a_byte_at_a_time_is_given_up(tmp_path: Path) -> None:
    engine(tmp_path / "s", [b"HTTP/1.0 200 OK\r\n\r\n", *([b"x"] * 500)], 0.05)
    start = time.monotonic()
    answer = engine_socket.get(HttpGet(str(tmp_path / "s"), "/x", timeout_s=0.3))
    assert (answer.status, bool(answer.error)) == (0, True)
    assert time.monotonic() - start < 10
