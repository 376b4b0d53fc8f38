"""Build caches with the real Spack: a folder, signed and not, and a real OCI registry."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import World
from .test_build import installed, tool

pytestmark = pytest.mark.spack

Choose = Callable[..., World]


def round_trip(world: World) -> None:
    """Build with a push after each package, wipe the store, install from the cache alone: the same hashes."""
    built = world.run("build", str(world.environment))
    assert (built.code, "5 built" in built.out) == (0, True), built
    before = set(installed(world))
    status = world.data("cache", "status", str(world.environment))
    assert (status["hits"], status["of"]) == (5, 5)
    shutil.rmtree(world.store / "install")
    done = world.run("build", str(world.environment), "--only-cache")
    assert (done.code, "0 built, 4 from caches" in done.out) == (0, True), done
    assert before >= set(installed(world))
    assert tool(world) == "42 hello\n"
    assert world.run("verify", str(world.environment)).code == 0


def test_a_folder_as_a_cache(with_roots: Choose, tmp_path: Path) -> None:
    world = with_roots(
        "tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{tmp_path}/mirror', signed: false, autopush: true}}}}"
    )
    round_trip(world)
    # Without its index the cache cannot be trusted to have anything.
    (index,) = (tmp_path / "mirror").glob("v3/manifests/index/index.manifest.json")
    blob = next(path for path in tmp_path.glob("mirror/blobs/sha256/*/*") if path.name in index.read_text())
    blob.write_bytes(b"lies")
    status = world.run("cache", "status", str(world.environment))
    assert (status.code, "does not have the checksum that it claims" in status.out) == (1, True)


def test_a_failed_build_loses_nothing_that_was_built(with_roots: Choose, tmp_path: Path) -> None:
    world = with_roots(
        "tiny-app", mirrors=f"mirrors: {{team: {{url: 'file://{tmp_path}/mirror', signed: false, autopush: true}}}}"
    )
    assert world.run("build", str(world.environment)).code == 1
    status = world.data("cache", "status", str(world.environment))
    assert status["missing"] == ["tiny-app@1.0", "tiny-broken@1.0"]


def test_a_signed_cache_needs_a_key_to_push_and_trust_to_pull(with_roots: Choose, tmp_path: Path) -> None:
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{tmp_path}/mirror', autopush: true}}}}")
    refused = world.run("build", str(world.environment))
    assert (refused.code, "there is no key here to sign with" in refused.err) == (1, True)
    made = world.run("cache", "keys", str(world.environment), "--create", "Tiny Team", "--mail", "tiny@example.invalid")
    assert (made.code, "Tiny Team" in made.out) == (0, True), made
    assert world.run("build", str(world.environment)).code == 0
    shutil.rmtree(world.store / "install")
    shutil.rmtree(world.store / "gpg")
    puller = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{tmp_path}/mirror'}}}}")
    untrusted = puller.run("build", str(puller.environment))
    assert untrusted.code == 1
    assert "a build cache has packages that Spack would not take" in untrusted.err
    assert not list(world.store.glob("install/*/tiny-*"))
    assert "Tiny Team" in puller.run("cache", "keys", str(puller.environment), "--trust").out
    done = puller.run("build", str(puller.environment), "--only-cache")
    assert (done.code, "4 from caches" in done.out) == (0, True), done


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """A real OCI registry on this machine alone: Debian's docker-registry."""
    program = shutil.which("docker-registry")
    if program is None:
        pytest.skip("docker-registry is not installed: apt-get install docker-registry")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    settings = tmp_path / "registry.yml"
    settings.write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {tmp_path}/registry}}}}\n"
        f"http: {{addr: {address}}}\nlog: {{level: error, accesslog: {{disabled: true}}}}\n"
    )
    server = subprocess.Popen([program, "serve", settings], stdout=-3, stderr=-3)
    try:
        end = time.monotonic() + 20
        while True:
            try:
                urllib.request.urlopen(f"http://{address}/v2/", timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < end, "the registry does not start"
                time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def test_a_registry_as_a_cache(with_roots: Choose, registry: str) -> None:
    mirror = f"{{url: 'oci+http://{registry}/tiny', signed: false, autopush: true}}"
    round_trip(with_roots("tiny-tool", mirrors=f"mirrors: {{registry: {mirror}}}"))


def test_a_cache_that_cannot_be_reached_is_told_and_not_waited_for(with_roots: Choose) -> None:
    world = with_roots(
        "tiny-tool",
        mirrors="mirrors: {gone: {url: 'https://127.0.0.1:9/x', signed: false}, far: {url: 's3://bucket/x'}}",
    )
    status = world.run("cache", "status", str(world.environment))
    assert status.code == 1
    assert "gone: https://127.0.0.1:9/x/v3/manifests/index/index.manifest.json cannot be reached" in status.out
    assert "far: only Spack itself can read s3://bucket/x" in status.out
