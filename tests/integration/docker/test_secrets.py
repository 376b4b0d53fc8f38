"""What a build needs of its site stays out of the image, the arguments, the logs and the messages: a real build."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import Engine, docker, with_buildkit

pytestmark = pytest.mark.docker
_MARK = b"# certificate authority of the site 5f1c"
_PASSWORD = "pa55word-of-the-mirror"  # noqa: S105 - made up


@pytest.fixture
def site(own_image: World, tmp_path: Path) -> World:
    """Give a world with a certificate authority and with mirrors that have a password."""
    bundle = tmp_path / "bundle.crt"
    bundle.write_bytes(Path("/etc/ssl/certs/ca-certificates.crt").read_bytes() + b"\n" + _MARK + b"\n")
    address = f"http://me:{_PASSWORD}@mirror.example.org/files"
    more = {
        "SSL_CERT_FILE": str(bundle),
        "SYGALDRY_ARTIFACT_MIRROR": address,
        "PIP_INDEX_URL": address,
        "SYGALDRY_PACKAGES": "jq",
    }
    return World(own_image.root, {**own_image.variables, **more})


@contextmanager
def watched(wanted: str) -> Iterator[list[str]]:
    """Collect the command lines of processes that contain a text, while something runs."""
    found: list[str] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            for each in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    words = each.read_bytes()
                except OSError:
                    continue
                if wanted.encode() in words:
                    found.append(words.decode("utf-8", "replace"))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def test_a_build_keeps_certificates_and_passwords_to_itself(site: World, tmp_path: Path) -> None:
    name = site.variables["SYGALDRY_IMAGE"]
    path = f"{with_buildkit()}:{os.environ['PATH']}"
    with watched(_PASSWORD) as seen:
        dry = site.sygaldry("image", "build", "--dry-run", PATH=path, DOCKER_BUILDKIT="1")
        done = site.sygaldry("image", "build", "--force", PATH=path, DOCKER_BUILDKIT="1")
        shown = [site.sygaldry("config", "show"), site.sygaldry("config", "show", "artifact_mirror", "--json")]
        planned = site.run("--dry-run", "--", "true", PATH=path, DOCKER_BUILDKIT="1", SYGALDRY_PACKAGES="zstd")
    assert done.returncode == 0, done.stderr
    assert seen == []
    assert "http://***@mirror.example.org/files" in shown[0].stdout
    assert "image build" in planned.stdout
    for each in (*shown, planned):
        assert _PASSWORD not in each.stdout + each.stderr
    archive = tmp_path / "image.tar"
    assert docker("save", "--output", str(archive), name).returncode == 0
    content = archive.read_bytes()
    assert b"usr/bin/jq" in content, "layers are saved uncompressed"
    assert _MARK not in content
    assert _PASSWORD.encode() not in content
    logs = [each.read_text() for each in (site.root / "build_logs").glob("*.log")]
    assert logs
    for text in (*logs, dry.stdout, dry.stderr, done.stdout, done.stderr, docker("history", "--no-trunc", name).stdout):
        assert _PASSWORD not in text
    assert list((site.root / "build_logs").glob(".context*")) == []


def test_a_failed_build_reveals_no_password(site: World) -> None:
    path = f"{with_buildkit()}:{os.environ['PATH']}"
    more = {"PATH": path, "DOCKER_BUILDKIT": "1", "SYGALDRY_PACKAGES": "no-such-package"}
    failed = site.sygaldry("image", "build", "--force", **more)
    assert failed.returncode == 1
    assert "no-such-package" in failed.stderr
    logs = "".join(each.read_text() for each in (site.root / "build_logs").glob("*.log"))
    assert _PASSWORD not in failed.stdout + failed.stderr + logs


def test_the_legacy_builder_refuses_a_password_that_it_cannot_keep(site: World) -> None:
    done = site.sygaldry("image", "build", "--force", DOCKER_BUILDKIT="0")
    assert done.returncode == 4
    assert "contains a password, which docker's legacy builder cannot keep secret" in done.stderr
    assert "docker-buildx" in done.stderr
    assert _PASSWORD not in done.stdout + done.stderr


def test_buildkit_without_its_plugin_names_the_package(site: World, engine: Engine, tmp_path: Path) -> None:
    client = tmp_path / "bin" / "docker"
    client.parent.mkdir()
    real = subprocess.run(["which", "docker"], capture_output=True, text=True, check=True).stdout.strip()
    client.write_text(
        '#!/bin/sh\ncase "$*" in\n"buildx version") echo "docker: unknown command: docker buildx" >&2; exit 1 ;;\n'
        f'"version --format {{{{.Client.Version}}}}") echo 28.2.2 ;;\n*) exec {real} "$@" ;;\nesac\n'
    )
    client.chmod(0o755)
    done = site.sygaldry("image", "build", PATH=f"{client.parent}:{os.environ['PATH']}", DOCKER_BUILDKIT="1")
    assert done.returncode == 4
    assert "DOCKER_BUILDKIT is set, but docker has no buildx plugin" in done.stderr
    assert "sudo apt-get install docker-buildx" in done.stderr
    assert engine.identity(site.variables["SYGALDRY_IMAGE"]) == ""
