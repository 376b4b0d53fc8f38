"""A real podman pulls images by name: a password, certificates, lists of manifests, and a disk that fills up."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.disks import small_disk
from tests.integration.podman.conftest import CONTAINERS_CONF, ask
from tests.integration.registry import (
    USER,
    make_certificate,
    noise,
    own_address,
    push_lists,
    push_small,
    registry,
)

from sygaldry.flows.image.pull import pull_image
from sygaldry.flows.image.state import PullError
from sygaldry.flows.runtime.images import Engine, Image

pytestmark = pytest.mark.podman
_SMALL = {"etc/team": b"small\n"}


@pytest.fixture
def podman_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give podman a store of its own on a small disk; pull_image asks it with our variables."""
    if not shutil.which("podman"):
        pytest.skip("not installed: podman")
    (tmp_path / "containers.conf").write_text(CONTAINERS_CONF)
    monkeypatch.setenv("CONTAINERS_CONF", str(tmp_path / "containers.conf"))
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(tmp_path / "storage.conf"))
    (tmp_path / "auth.json").write_text("{}")
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(tmp_path / "auth.json"))
    with small_disk(tmp_path / "disk", 24) as disk:
        (tmp_path / "storage.conf").write_text(
            f'[storage]\ndriver = "vfs"\nrunroot = "{disk}/run"\ngraphroot = "{disk}/graph"\n'
        )
        done = ask({}, "podman", "info")
        if done.returncode != 0:
            pytest.skip(f"podman does not work here: {done.stderr.strip()[-200:]}")
        yield disk


def pull(name: str, folder: Path) -> Image:
    return pull_image(Engine("podman"), name, str(folder / "root"), lambda _: None)


def test_a_list_of_manifests_gives_the_image_of_this_machine(podman_disk: Path, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address:
        own, _ = push_lists(address, _SMALL, tmp_path)
        assert pull(f"{address}/team/dev:both", tmp_path).architecture == own
        with pytest.raises(PullError, match="the image exists, but not for this architecture"):
            pull(f"{address}/team/dev:theirs", tmp_path)
    assert podman_disk.is_dir()


@pytest.mark.usefixtures("podman_disk")
def test_a_password_is_the_engines_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    if not shutil.which("htpasswd"):
        pytest.skip("htpasswd is not installed")
    with registry(tmp_path / "registry", password="geheim") as address:
        push_small(address, "team/dev:1", _SMALL, tmp_path, password="geheim")
        with pytest.raises(PullError, match="refused the credentials") as refused:
            pull(f"{address}/team/dev:1", tmp_path)
        assert refused.value.hint == f"log in and try again: podman login {address}"
        words = ["podman", "login", "--tls-verify=false", "-u", USER, "--password-stdin", address]
        subprocess.run(words, input=b"geheim", capture_output=True, check=True)
        assert pull(f"{address}/team/dev:1", tmp_path).identity
    assert "geheim" not in "".join(each.read_text() for each in (tmp_path / "root").rglob("*.log"))


@pytest.mark.usefixtures("podman_disk")
def test_a_certificate_that_is_unknown_or_expired_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = own_address()
    with registry(tmp_path / "new", host=host, certificate=make_certificate(tmp_path / "a", host)) as address:
        with pytest.raises(PullError, match="the certificate of the registry is not trusted") as unknown:
            pull(f"{address}/team/dev:1", tmp_path)
        assert f"/etc/docker/certs.d/{address}/ca.crt" in unknown.value.hint
    old = make_certificate(tmp_path / "b", host, expired=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(old[0]))
    with (
        registry(tmp_path / "old", host=host, certificate=old) as address,
        pytest.raises(PullError, match="the certificate of the registry has expired"),
    ):
        pull(f"{address}/team/dev:1", tmp_path)


@pytest.mark.usefixtures("podman_disk")
def test_a_full_disk_is_named(tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as address:
        push_small(address, "team/dev:1", noise(32), tmp_path)
        with pytest.raises(PullError, match="the disk of the engine is full") as full:
            pull(f"{address}/team/dev:1", tmp_path)
    assert full.value.hint == "free space: podman system df"
