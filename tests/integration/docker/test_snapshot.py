"""A base of a snapshot: the same packages make the same base, and the base says where they are from."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import docker

from sygaldry.flows.image.base import archive_for

pytestmark = [pytest.mark.docker, pytest.mark.network, pytest.mark.slow]
_TIME = "20261101T000000Z"
_SUITE = "trixie"  # not the host's, whose base other tests use


@contextmanager
def snapshots() -> Iterator[str]:
    """Serve a snapshot that leads to the mirror of this host; yields the address with the place of the time."""
    mirror = archive_for(_SUITE, "").uri.rstrip("/")

    class Redirect(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, found, path = self.path.partition(f"/debian/{_TIME}")
            self.send_response(302 if found else 404)
            self.send_header("Location", f"{mirror}{path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Redirect)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/debian/{{snapshot}}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.skipif(not os.environ.get("SYGALDRY_TEST_IMAGE"), reason="minutes: ./tools/check -s image")
def test_two_bases_of_a_snapshot_are_the_same_and_record_it(docker_world: World) -> None:
    made = []
    with snapshots() as mirror:
        for _ in range(2):
            done = docker_world.sygaldry("image", "base", _SUITE, "--snapshot", _TIME, "--mirror", mirror, "--json")
            assert done.returncode == 0, done.stderr
            made.append(json.loads(done.stdout)["data"])
    try:
        assert made[0]["fixed"] == made[1]["fixed"], "by its content"
        labels = json.loads(docker("inspect", "--format", "{{json .Config.Labels}}", made[0]["image"]).stdout)
        inside = docker("run", "--rm", made[0]["image"], "cat", "/etc/apt/sources.list").stdout
    finally:
        docker("rmi", "--force", made[0]["image"], made[0]["fixed"])
    assert labels["dev.sygaldry.mirror"] == mirror.replace("{snapshot}", _TIME)
    assert labels["dev.sygaldry.release"].startswith(f"{_SUITE} 13")
    assert made[0]["release"] == labels["dev.sygaldry.release"]
    assert f"/debian/{_TIME} {_SUITE} main" in inside
