"""Updates from registries on the loopback: a base image in docker-registry, a model on a server with the Hub's API."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import docker
from tests.integration.registry import registry

pytestmark = pytest.mark.docker
OLD, NEW = "1" * 40, "2" * 40


@contextmanager
def hub(revision: str) -> Iterator[str]:
    """Serve one revision of a model as the Hub's API does."""
    body = json.dumps({"sha": revision, "siblings": [{"rfilename": "w.bin", "lfs": {"sha256": "c" * 64}}]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_known = self.path == "/api/models/o/n/revision/main?blobs=true"
            self.send_response(200 if is_known else 404)
            self.send_header("Content-Length", str(len(body) if is_known else 0))
            self.end_headers()
            self.wfile.write(body if is_known else b"")

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def model(storage: Path) -> None:
    """Lay a model into the cache of the project."""
    folder = storage / "p" / "hf_cache" / "hub" / "models--o--n"
    (folder / "snapshots" / OLD).mkdir(parents=True)
    (folder / "blobs").mkdir()
    (folder / "blobs" / ("a" * 64)).write_bytes(b"weights")
    (folder / "snapshots" / OLD / "w.bin").symlink_to(f"../../blobs/{'a' * 64}")


def test_a_newer_base_and_a_newer_model_are_proposed_and_written(docker_world: World, tmp_path: Path) -> None:
    workspace = tmp_path / "work"
    workspace.mkdir()
    model(docker_world.root)
    given = docker_world.variables["SYGALDRY_BASE_IMAGE"]
    own = {name: text for name, text in docker_world.variables.items() if name != "SYGALDRY_BASE_IMAGE"}
    own |= {"SYGALDRY_PROJECT_ID": "p", "SYGALDRY_WORKSPACE": str(workspace), "SYGALDRY_TRUST": "1"}
    world = World(docker_world.root, own)
    with registry(tmp_path / "registry") as address, hub(NEW) as endpoint:
        name = f"{address}/update-{os.getpid()}/base"
        tags = ("1.0-dev", "1.2-dev", "2.0-dev", "1.9-other")
        try:
            for tag in tags:
                docker("tag", given, f"{name}:{tag}")
                assert docker("push", "-q", f"{name}:{tag}").returncode == 0
            (workspace / "sygaldry.toml").write_text(f'# ours\nbase_image = "{name}:1.0-dev"\n')
            assert world.sygaldry("lock", "--no-image", "--keep", "model:o/n").returncode == 0

            words = ("update", "--base", "--models", "--source", f"huggingface={endpoint}")
            shown = world.sygaldry(*words)
            assert shown.returncode == 0, shown.stderr
            assert f"base: image: {name}:1.0-dev (not pinned by digest) -> {name}:1.2-dev@sha256:" in shown.stdout
            assert f"models: model:o/n: {OLD} -> {NEW}" in shown.stdout
            assert "+base_image = " in shown.stdout
            assert (workspace / "sygaldry.toml").read_text().endswith(':1.0-dev"\n'), "nothing is written unasked"

            applied = json.loads(world.sygaldry(*words, "--apply", "--json").stdout)["data"]
            assert sorted(Path(each).name for each in applied["written"]) == ["sygaldry.lock", "sygaldry.toml"]
            assert (workspace / "sygaldry.toml").read_text().startswith(f'# ours\nbase_image = "{name}:1.2-dev@sha256:')
            assert NEW in (workspace / "sygaldry.lock").read_text()
            again = json.loads(world.sygaldry(*words, "--json").stdout)["data"]
            assert (again["proposals"], again["problems"]) == ([], {})

            # What was written can be built from: the engine resolves a tag with a digest.
            image = f"sygaldry/update-{os.getpid()}:1"
            built = world.sygaldry("image", "build", SYGALDRY_IMAGE=image)
            docker("rmi", "--force", image)
            assert built.returncode == 0, built.stderr
        finally:
            docker("rmi", "--force", *(f"{name}:{tag}" for tag in tags))
    gone = world.sygaldry("update", "--base")
    assert (gone.returncode, "could not ask for base" in gone.stderr) == (4, True), gone.stderr
