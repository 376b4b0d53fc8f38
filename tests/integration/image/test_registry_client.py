"""The client of a registry: tokens, refusals and hostile answers, against a small server on 127.0.0.1."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sygaldry.host.registry_client import RegistryClient
from sygaldry.model.errors import ImageError, MachineNotReadyError

LOGIN = b64encode(b"me:secret-5f1c").decode()


class Handler(BaseHTTPRequestHandler):
    """A registry that wants a token, and answers as its server is told."""

    realm = ""
    large = False
    uploads = "/v2/team/dev/blobs/uploads/1?state=x"
    stored: dict[str, bytes]

    def do_GET(self) -> None:
        if self.path.startswith("/token"):
            assert self.headers["Authorization"] == f"Basic {LOGIN}"
            return self._answer(200, b'{"token": "t0ken"}')
        return self._answer(200, b"x" * (2 << 20) if self.large else b"{}")

    def do_HEAD(self) -> None:
        self._answer(200 if self._is_allowed() and self.path.rpartition("/")[2] in self.stored else 404)

    def do_POST(self) -> None:
        if self._is_allowed():
            self._answer(202, location=self.uploads)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._is_allowed():
            self.stored[self.path] = body
            self._answer(201)

    def log_message(self, *_: object) -> None:
        """Write nothing."""

    def _is_allowed(self) -> bool:
        if self.headers["Authorization"] == "Bearer t0ken":
            return True
        challenge = f'Bearer realm="{self.realm}",service="s",scope="repository:team/dev:push"'
        self._answer(401, challenge=challenge)
        return False

    def _answer(self, status: int, body: bytes = b"", *, location: str = "", challenge: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def server(**attributes: object) -> Iterator[tuple[str, dict[str, bytes]]]:
    stored: dict[str, bytes] = {}
    kind = type("Own", (Handler,), {"stored": stored, **attributes})
    running = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    address = f"127.0.0.1:{running.server_address[1]}"
    if "realm" not in attributes:
        kind.realm = f"http://{address}/token"  # type: ignore[attr-defined]
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield address, stored
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def test_a_token_is_fetched_once_and_the_upload_is_sent_again(tmp_path: Path) -> None:
    file = tmp_path / "blob"
    file.write_bytes(b"content")
    digest = f"sha256:{hashlib.sha256(b'content').hexdigest()}"
    with server() as (address, stored):
        client = RegistryClient(address, "team/dev", plain=True, login=LOGIN)
        assert not client.has_blob(digest)
        client.put_blob(digest, str(file))
        assert not client.put_manifest("1", "application/json", b"{}"), "no header says that it is listed"
    assert list(stored.values()) == [b"content", b"{}"]
    assert next(iter(stored)).startswith("/v2/team/dev/blobs/uploads/1?state=x&digest=sha256%3A")


def test_a_hostile_registry_is_bounded_and_learns_nothing() -> None:
    with server(realm="ftp://evil.invalid/token") as (address, _):
        client = RegistryClient(address, "team/dev", plain=True, login=LOGIN)
        with pytest.raises(ImageError, match="token server that is not encrypted") as caught:
            client.put_manifest("1", "application/json", b"{}")
        assert "secret-5f1c" not in str(caught.value)
    with server(large=True) as (address, _):
        client = RegistryClient(address, "team/dev", plain=True)
        with pytest.raises(ImageError, match="answers more than"):
            client.get_manifest("1", "application/json", 1 << 20)


def test_an_unreachable_registry_is_an_error_with_a_hint() -> None:
    client = RegistryClient("127.0.0.1:9", "team/dev", plain=True, login=LOGIN)
    with pytest.raises(MachineNotReadyError, match=r"127\.0\.0\.1:9 cannot be reached") as caught:
        client.has_blob("sha256:1")
    assert caught.value.hint
