"""What can go wrong while a real docker pulls an image by name: certificates, architectures, a disk that fills up."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest
from tests.integration.disks import small_disk
from tests.integration.docker.conftest import docker
from tests.integration.registry import make_certificate, noise, own_address, push_lists, push_small, registry

from sygaldry.flows.image.pull import pull_image
from sygaldry.flows.image.state import PullError
from sygaldry.flows.runtime.images import Engine as RealEngine
from sygaldry.flows.runtime.images import Image

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("engine")]
_SMALL = {"etc/team": b"small\n"}
_CERTIFICATES = Path("/etc/docker/certs.d")


def pull(name: str, folder: Path) -> Image:
    return pull_image(RealEngine("docker"), name, str(folder / "root"), lambda _: None)


@contextmanager
def trusted(address: str, certificate: Path) -> Iterator[None]:
    """Let the engine trust one registry."""
    folder = _CERTIFICATES / address
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        pytest.skip(f"the certificates of the engine cannot be changed: {error.strerror}")
    try:
        shutil.copy(certificate, folder / "ca.crt")
        yield
    finally:
        shutil.rmtree(folder)


def test_a_list_of_manifests_gives_the_image_of_this_machine(tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address:
        own, _ = push_lists(address, _SMALL, tmp_path)
        name = f"{address}/team/dev:both"
        assert pull(name, tmp_path).architecture == own
        docker("rmi", name)
        with pytest.raises(PullError, match="the image exists, but not for this architecture"):
            pull(f"{address}/team/dev:theirs", tmp_path)


def test_a_certificate_that_is_unknown_or_expired_is_named(tmp_path: Path) -> None:
    host = own_address()
    certificate = make_certificate(tmp_path / "a", host)
    with registry(tmp_path / "new", host=host, certificate=certificate) as address:
        with pytest.raises(PullError, match="the certificate of the registry is not trusted") as unknown:
            pull(f"{address}/team/dev:1", tmp_path)
        assert f"/etc/docker/certs.d/{address}/ca.crt" in unknown.value.hint
        with (
            trusted(address, certificate[0]),
            pytest.raises(PullError, match="the registry has no such image"),
        ):
            pull(f"{address}/team/dev:1", tmp_path)
    old = make_certificate(tmp_path / "b", host, expired=True)
    with (
        registry(tmp_path / "old", host=host, certificate=old) as address,
        trusted(address, old[0]),
        pytest.raises(PullError, match="the certificate of the registry has expired"),
    ):
        pull(f"{address}/team/dev:1", tmp_path)


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = tmp_path / "images"
    with registry(images) as address:
        push_small(address, "team/dev:1", noise(80), tmp_path)
    with small_disk(tmp_path / "small", 64) as disk, _small_engine(disk, tmp_path) as (socket, inside):
        server = subprocess.Popen(
            [*inside, "docker-registry", "serve", str(images / "config.yml")], stderr=subprocess.DEVNULL
        )
        try:
            _await_registry(inside, address)
            monkeypatch.setenv("DOCKER_HOST", f"unix://{socket}")
            with pytest.raises(PullError, match="the disk of the engine is full") as full:
                pull(f"{address}/team/dev:1", tmp_path)
            assert full.value.hint == "free space: docker system df"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _await_registry(inside: tuple[str, ...], address: str) -> None:
    """Wait until a registry in other namespaces answers."""
    connect = (*inside, "bash", "-c", f"exec 3<>/dev/tcp/{address.replace(':', '/')}")
    deadline = time.monotonic() + 60
    while subprocess.run(connect, capture_output=True, check=False).returncode != 0:
        assert time.monotonic() < deadline, "the registry does not start"
        time.sleep(0.1)


@contextmanager
def _small_engine(disk: Path, folder: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Start an engine on a disk of its own, in network and mount namespaces of its own; the words enter them."""
    if missing := [each for each in ("dockerd", "unshare", "nsenter") if not shutil.which(each)]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    sockets = Path(mkdtemp(prefix="engine-"))  # the path of a socket has at most 107 bytes
    socket = sockets / "s"
    script = (
        f"ip link set lo up && exec dockerd --data-root {disk}/data --exec-root {sockets}/exec --pidfile {folder}/pid"
        f" -H unix://{socket} --bridge=none --iptables=false --ip6tables=false"
    )
    words = ["unshare", "--mount", "--net", "--propagation", "private", "bash", "-c", script]
    with (folder / "dockerd.log").open("wb") as log:
        server = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while docker("-H", f"unix://{socket}", "version").returncode != 0:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"a second engine does not start: {(folder / 'dockerd.log').read_text()[-300:]}")
            time.sleep(0.2)
        yield socket, ("nsenter", "--target", str(server.pid), "--net")
    finally:
        server.terminate()
        server.wait(timeout=60)
        shutil.rmtree(sockets, ignore_errors=True)
