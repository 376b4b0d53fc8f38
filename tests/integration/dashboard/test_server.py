"""The real server: its address, its streams, its end, and what it needs to listen elsewhere."""

import re
import signal
import socket
import subprocess
from collections import Counter
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from tests.fakes.ledger import FakeRun, make_project, make_run
from tests.integration.conftest import CHECKOUT, World
from tests.integration.dashboard.serving import PROGRAM, serving

from sygaldry.dashboard.context import MOST_STREAMS


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "storage")


def answer(port: int, path: str, **headers: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as response:
            return response.status, response.read().decode()


def place_of(address: str) -> tuple[int, str]:
    match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=(\S{32})", address)
    assert match, address
    return int(match[1]), match[2]


def test_it_prints_its_address_answers_its_token_and_ends_with_a_signal(world: World) -> None:
    jobs = make_project(world.root, "demo")
    make_run(jobs, FakeRun("build"))
    with serving(world) as (server, address):
        port, token = place_of(address)
        assert answer(port, "/")[0] == 401
        status, text = answer(port, "/", Authorization=f"Bearer {token}")
        assert status == 200
        assert "/job/demo/build/" in text
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
        assert server.stdout
        assert token not in server.stdout.read()


def test_a_change_is_streamed_and_a_follower_does_not_delay_the_end(world: World) -> None:
    jobs = make_project(world.root, "demo")
    with serving(world) as (server, address):
        port, token = place_of(address)
        follower = socket.create_connection(("127.0.0.1", port), timeout=30)
        follower.sendall(f"GET /live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        read_until(follower, b"event: rows")
        make_run(jobs, FakeRun("fresh", "FAILED", 3))
        read_until(follower, b"/job/demo/fresh/")
        server.send_signal(signal.SIGINT)
        assert server.wait(20) in (0, 130, -signal.SIGINT)
        follower.close()


def read_until(connection: socket.socket, text: bytes) -> None:
    found = b""
    while text not in found:
        piece = connection.recv(65536)
        assert piece, found
        found += piece


def test_of_many_followers_that_come_at_once_the_last_are_refused_and_pages_go_on(world: World) -> None:
    make_run(make_project(world.root, "demo"), FakeRun("build"))
    with serving(world) as (_, address):
        port, token = place_of(address)
        request = f"GET /live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        followers = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(MOST_STREAMS + 20)]
        for each in followers:
            each.sendall(request)
        assert Counter(each.recv(12) for each in followers) == {b"HTTP/1.1 200": MOST_STREAMS, b"HTTP/1.1 503": 20}
        assert "/job/demo/build/" in answer(port, "/", Authorization=f"Bearer {token}")[1]
        for each in followers:
            each.close()


def test_a_unix_socket_is_private_and_goes_away(world: World, tmp_path: Path) -> None:
    make_project(world.root, "demo")
    path = tmp_path / "s"
    with serving(world, "--socket", str(path)) as (server, address):
        assert path.stat().st_mode & 0o777 == 0o600
        token = address.partition("token=")[2]
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(f"GET / HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    assert not path.exists()


def dashboard(world: World, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run the verb where it ends at once."""
    variables = world.environment(**{"PYTHONPATH": str(CHECKOUT / "src"), **more})
    return subprocess.run([*PROGRAM, *words], env=variables, capture_output=True, text=True, timeout=60, check=False)


def test_another_address_needs_a_private_file_with_a_strong_token(world: World, tmp_path: Path) -> None:
    refused = dashboard(world, "--listen", "127.0.0.3")
    assert refused.returncode == 2
    assert "without encryption" in refused.stderr
    assert "ssh -L" in refused.stderr
    token = tmp_path / "token"
    token.write_text("short\n")
    token.chmod(0o644)
    options = ("--listen", "127.0.0.2", "--token-file", str(token))
    assert "chmod 600" in dashboard(world, *options).stderr
    token.chmod(0o600)
    assert "at least 16 characters" in dashboard(world, *options).stderr


def test_without_the_extra_it_says_what_to_install(world: World, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "absent = ('starlette', 'uvicorn')\n"
        "importlib.util.find_spec = lambda name, package=None: None if name in absent else find(name, package)\n"
    )
    done = dashboard(world, PYTHONPATH=f"{tmp_path}:{CHECKOUT / 'src'}")
    assert done.returncode == 4
    assert "not installed: starlette, uvicorn" in done.stderr
    assert "locks/web.txt" in done.stderr
