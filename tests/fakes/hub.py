"""A small Hugging Face Hub on 127.0.0.1: what `datasets` and `huggingface_hub` really ask for, one dataset a folder.

Seen by letting the real libraries talk to it; https://huggingface.co/docs/hub/api describes the addresses.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

SHA = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What it serves and what it was asked."""

    files: dict[str, dict[str, bytes]]
    private: dict[str, str] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve a hub while inside."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Keep quiet; `asked` tells."""

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.hub.asked.append(f"{self.command} {path}")
        name = next((name for name in self.hub.files if f"/{name}/" in f"{path}/"), "")
        if not name:
            self._send(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        elif self.hub.private.get(name) and self.headers.get("Authorization") != f"Bearer {self.hub.private[name]}":
            self._send(401, {"error": "Invalid credentials"}, {"X-Error-Code": "GatedRepo"})
        elif found := re.search(r"/resolve/[^/]+/(.+)$", path):
            self._file(name, found[1])
        elif "/paths-info/" in path:
            wanted = set(re.findall(r"[^=&\",\[\]{}:\s]+", unquote(body.decode()))) | {"paths"}
            self._send(200, [each for each in self._listed(name) if each["path"] in wanted])
        elif "/tree/" in path:
            under = re.sub(r"^.*/tree/[^/]+/?", "", path)
            self._send(200, [each for each in self._listed(name) if each["path"].startswith(under)])
        else:
            self._send(200, {"id": name, "sha": SHA, "private": False, "gated": False, "disabled": False, "tags": [],
                             "downloads": 0, "likes": 0, "lastModified": "2026-01-01T00:00:00.000Z",
                             "siblings": [{"rfilename": path, "size": len(data), "blobId": _git_hash(data)}
                                          for path, data in self.hub.files[name].items()]})  # fmt: skip

    def _listed(self, name: str) -> list[dict[str, Any]]:
        return [
            {"type": "file", "path": path, "size": len(data), "oid": _git_hash(data)}
            for path, data in self.hub.files[name].items()
        ]

    def _file(self, name: str, path: str) -> None:
        data = self.hub.files[name].get(path)
        if data is None:
            self._send(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
            return
        first = 0
        if found := re.match(r"bytes=(\d+)-", self.headers.get("Range", "")):
            first = int(found[1])
            self.hub.ranges.append(f"{path} {first}")
        self.send_response(206 if first else 200)
        self.send_header("ETag", f'"{_git_hash(data)}"')
        self.send_header("X-Repo-Commit", SHA)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(data) - first))
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if self.command == "HEAD":
            return
        if path in self.hub.cut:
            self.hub.cut.discard(path)
            self.wfile.write(data[first : first + len(data) // 2])
            self.close_connection = True
            return
        self.wfile.write(data[first:])

    def _send(self, status: int, answer: object, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def _git_hash(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()  # noqa: S324 - git's
