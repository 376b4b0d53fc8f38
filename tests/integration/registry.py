"""A real registry for tests, with a password or a certificate if wanted, and small images made without an engine."""

import gzip
import hashlib
import io
import json
import os
import random
import shutil
import socket
import subprocess
import tarfile
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sygaldry.host.registry_client import RegistryClient

_READY_S = 20.0
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
USER = "me"


def free_port(host: str = "127.0.0.1") -> int:
    with closing(socket.socket()) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@contextmanager
def registry(
    folder: Path, password: str = "", *, host: str = "127.0.0.1", certificate: tuple[Path, Path] | None = None
) -> Iterator[str]:
    """Run a registry; yields its address. `certificate` are the files of a certificate and its key."""
    if not shutil.which("docker-registry"):
        pytest.skip("docker-registry is not installed")
    folder.mkdir()
    port = free_port(host)
    tls = f", tls: {{certificate: {certificate[0]}, key: {certificate[1]}}}" if certificate else ""
    lines = [
        "version: 0.1",
        "log: {level: error}",
        f"storage: {{filesystem: {{rootdirectory: {folder}/data}}}}",
        f"http: {{addr: '{host}:{port}'{tls}}}",
    ]
    if password:
        htpasswd = subprocess.run(
            ["htpasswd", "-Bbn", USER, password], capture_output=True, text=True, check=True
        ).stdout
        (folder / "htpasswd").write_text(htpasswd)
        lines.append(f"auth: {{htpasswd: {{realm: test, path: {folder}/htpasswd}}}}")
    (folder / "config.yml").write_text("\n".join(lines) + "\n")
    with (folder / "log").open("wb") as log:
        # The registry takes REGISTRY_AUTH_FILE, which is podman's, for a setting of its own.
        own = {name: text for name, text in os.environ.items() if not name.startswith("REGISTRY_")}
        words = ["docker-registry", "serve", str(folder / "config.yml")]
        server = subprocess.Popen(words, stdout=log, stderr=log, env=own)
    try:
        deadline = time.monotonic() + _READY_S
        while not _listens(host, port):
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, "the registry does not start"
            time.sleep(0.1)
        yield f"{host}:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _listens(host: str, port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex((host, port)) == 0


def noise(megabytes: int) -> dict[str, bytes]:
    """Return a file that cannot be compressed."""
    return {"noise": random.Random(1).randbytes(megabytes << 20)}  # noqa: S311 - no secret


def own_address() -> str:
    """Return an address of this machine that is not in 127.0.0.0/8, where engines accept any certificate."""
    done = subprocess.run(["hostname", "--all-ip-addresses"], capture_output=True, text=True, check=False)
    found = [each for each in done.stdout.split() if each.count(".") == 3]
    if not found:
        pytest.skip("this machine has no address besides its loopback")
    return found[0]


def layer_of(files: Mapping[str, bytes]) -> bytes:
    """Return a layer, uncompressed."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def push_small(  # noqa: PLR0913 - each argument is one fact of the image
    address: str, reference: str, files: Mapping[str, bytes], folder: Path, *, password: str = "", machine: str = ""
) -> str:
    """Push an image of one layer as REPOSITORY:TAG; returns its digest. Nothing in it can run."""
    repository, _, tag = reference.partition(":")
    client = _client(address, repository, password)
    layer = layer_of(files)
    packed = gzip.compress(layer, mtime=0)
    config = json.dumps({
        "architecture": machine or "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
    }).encode()  # fmt: skip
    for blob in (packed, config):
        path = folder / _digest(blob)
        path.write_bytes(blob)
        client.put_blob(_digest(blob), str(path))
        path.unlink()
    manifest = json.dumps({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": _CONFIG, "digest": _digest(config), "size": len(config)},
        "layers": [{"mediaType": _LAYER, "digest": _digest(packed), "size": len(packed)}],
    }).encode()  # fmt: skip
    client.put_manifest(tag or _digest(manifest), MANIFEST, manifest)
    return _digest(manifest)


def push_index(address: str, reference: str, images: Mapping[str, str]) -> str:
    """Push a list of manifests, by architecture, that the repository has already; returns its digest."""
    repository, _, tag = reference.partition(":")
    client = _client(address, repository, "")
    entries = [
        {
            "mediaType": MANIFEST,
            "digest": digest,
            "size": len(client.get_manifest(digest, MANIFEST, 1 << 20)),
            "platform": {"os": "linux", "architecture": machine},
        }
        for machine, digest in images.items()
    ]
    content = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
    client.put_manifest(tag, INDEX, content)
    return _digest(content)


def push_lists(address: str, files: Mapping[str, bytes], folder: Path) -> tuple[str, str]:
    """Push the lists team/dev:both, with an image for this machine, and team/dev:theirs, without one.

    Returns the architecture of this machine and the digest of the image of the other one.
    """
    own = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    ours = push_small(address, "team/dev", files, folder, machine=own)
    theirs = push_small(address, "team/dev", {"etc/team": b"s390x\n"}, folder, machine="s390x")
    push_index(address, "team/dev:both", {"s390x": theirs, own: ours})
    push_index(address, "team/dev:theirs", {"s390x": theirs})
    return own, theirs


def make_certificate(folder: Path, host: str, *, expired: bool = False) -> tuple[Path, Path]:
    """Make a certificate that nobody trusts yet, and its key."""
    folder.mkdir(exist_ok=True)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    clock = ["faketime", "2020-01-01 00:00:00"] if expired else []
    if missing := [each for each in (*clock[:1], "openssl") if not shutil.which(each)]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    words = [*clock, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={host}"]
    files = ["-keyout", str(key), "-out", str(certificate), "-addext", f"subjectAltName=IP:{host}"]
    subprocess.run([*words, *files], capture_output=True, check=True)
    return certificate, key


def _client(address: str, repository: str, password: str) -> RegistryClient:
    login = b64encode(f"{USER}:{password}".encode()).decode() if password else ""
    return RegistryClient(address, repository, plain=True, login=login)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
