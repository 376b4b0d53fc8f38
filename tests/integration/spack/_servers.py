"""Real servers for mirrors, on 127.0.0.1 alone: an OCI registry, HTTP over a folder, S3."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ._waiting import DEADLINE_S


@dataclass(frozen=True)
class Bucket:
    """Where an S3 server is and what opens it."""

    address: str
    key: str
    secret: str

    def mirror(self, more: str = "signed: false, autopush: true", path: str = "cache") -> str:
        """Describe it as Spack's configuration does: with the names of variables, never their values."""
        pair = "access_pair: {id_variable: TINY_KEY, secret_variable: TINY_SECRET}"
        return f"{{url: 's3://tiny/{path}', endpoint_url: '{self.address}', {pair}, {more}}}"

    @property
    def variables(self) -> dict[str, str]:
        return {"TINY_KEY": self.key, "TINY_SECRET": self.secret}


_MAKE_BUCKET = """\
import boto3, json, sys, urllib.request
address = sys.argv[1]
first = dict(endpoint_url=address, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
users = boto3.client("iam", **first)
users.create_user(UserName="tiny")
key = users.create_access_key(UserName="tiny")["AccessKey"]
allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
users.put_user_policy(UserName="tiny", PolicyName="all", PolicyDocument=json.dumps(allowed))
boto3.client("s3", **first).create_bucket(Bucket="tiny")
plain = {"Content-Type": "text/plain"}
# From here on, every request is checked.
urllib.request.urlopen(urllib.request.Request(f"{address}/moto-api/reset-auth", b"0", plain, method="POST"))
print(key["AccessKeyId"], key["SecretAccessKey"])
"""


# bcrypt of "tiny-secret", the only way in which docker-registry keeps passwords.
_HASH = "$2b$04$peAR3WrBpQbTkFRRwencDOoKbT1BJzql/mLryMFkeQgLTjigZCN2C"


@contextmanager
def registry(folder: Path, *, is_open: bool = True) -> Iterator[str]:
    """Run Debian's docker-registry; gives its address.

    Open to all; or with TLS, by the certificate `tls.crt` in the folder, to the user `tiny` with `tiny-secret`: Spack
    cannot push with a password where there is no TLS.
    """
    program = shutil.which("docker-registry")
    if program is None:
        pytest.skip("docker-registry is not installed: apt-get install docker-registry")
    address = free_address()
    settings = folder / "registry.yml"
    settings.write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {folder}/registry}}}}\n"
        f"log: {{level: error, accesslog: {{disabled: true}}}}\n"
        + (f"http: {{addr: {address}}}\n" if is_open else _closed(folder, address))
    )
    with served([program, "serve", str(settings)], address):
        yield address


def _closed(folder: Path, address: str) -> str:
    (folder / "users").write_text(f"tiny:{_HASH}\n")
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    made = ["-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt")]
    subprocess.run(["openssl", *words.split(), *made], check=True, capture_output=True)
    tls = f"tls: {{certificate: {folder}/tls.crt, key: {folder}/tls.key}}"
    users = f"auth: {{htpasswd: {{realm: tiny, path: {folder}/users}}}}"
    return f"http: {{addr: {address}, {tls}}}\n{users}\n"


@contextmanager
def web(folder: Path) -> Iterator[str]:
    """Serve a folder over HTTP, to be read only; gives its address."""
    address = free_address()
    host, port = address.split(":")
    argv = [sys.executable, "-m", "http.server", "--bind", host, "--directory", str(folder), port]
    with served(argv, address):
        yield f"http://{address}"


@contextmanager
def bucket(folder: Path, python: Path) -> Iterator[Bucket]:
    """Run moto's S3 server with one bucket in it, which refuses whoever does not sign with the right key."""
    program = shutil.which("moto_server")
    if program is None:
        pytest.skip("moto_server is not installed: see tests/data/spack_repo/README.md")
    if subprocess.run([python, "-c", "import boto3"], capture_output=True, check=False).returncode:
        pytest.skip(f"{python} has no boto3, which Spack needs for S3: see tests/data/spack_repo/README.md")
    address = free_address()
    host, port = address.split(":")
    with served([program, "-H", host, "-p", port], address):
        argv = [str(python), "-c", _MAKE_BUCKET, f"http://{address}"]
        made = subprocess.run(argv, capture_output=True, text=True, check=True, cwd=folder).stdout.split()
        yield Bucket(f"http://{address}", made[0], made[1])


def free_address() -> str:
    """Find a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


@contextmanager
def served(argv: Sequence[str], address: str) -> Iterator[None]:
    """Run a server for as long as we are inside, once it listens."""
    server = subprocess.Popen(argv, stdout=-3, stderr=-3)
    host, _, port = address.rpartition(":")
    try:
        end = time.monotonic() + DEADLINE_S
        while True:
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, f"{argv[0]} ended at once"
                assert time.monotonic() < end, f"{argv[0]} does not start"
                time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(DEADLINE_S)
