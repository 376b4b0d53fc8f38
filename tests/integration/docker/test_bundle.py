"""A bundle, carried to a machine without a network: installed, applied and launched from it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import docker

pytestmark = pytest.mark.docker
_SIX = "six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n"


@pytest.fixture
def without_network() -> list[str]:
    """Return the words that start a command in a network namespace that has no route."""
    words = ["unshare", "--net"]
    if os.geteuid() or subprocess.run([*words, "true"], check=False, capture_output=True).returncode:
        pytest.skip("a network namespace of its own cannot be made here")
    return words


def test_a_bundle_gives_a_working_launch_without_a_network(
    own_image: World, without_network: list[str], tmp_path: Path
) -> None:
    workspace, bundle, name = tmp_path / "work", tmp_path / "out", own_image.variables["SYGALDRY_IMAGE"]
    workspace.mkdir()
    (workspace / "requirements.txt").write_text(_SIX)
    words = ("--workspace", str(workspace))
    create = ("bundle", "create", str(bundle), "--part-size", "32m", "--python-lock", "requirements.txt")
    for verb in (("image", "build"), ("lock",), create):
        done = own_image.sygaldry(*verb, *words)
        assert done.returncode == 0, done.stderr
    inspected = json.loads(own_image.sygaldry("bundle", "inspect", str(bundle), "--json").stdout)["data"]
    assert inspected["groups"][f"image {name}"]["bytes"] > 32 * 2**20
    assert len(list(bundle.glob("blobs/*/*.00001"))) == 1, "the layer of Debian has parts"
    identity = docker("image", "inspect", "--format", "{{.Id}}", name).stdout.strip()
    docker("rmi", "--force", name)

    there = tmp_path / "there"
    installed = subprocess.run(
        [*without_network, "/usr/bin/python3", str(bundle / "install.py"), str(there)],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert installed.returncode == 0, installed.stderr
    environment = {**own_image.environment(), "SYGALDRY_STORAGE_ROOT": str(tmp_path / "storage-there")}

    def sygaldry(*rest: str) -> "subprocess.CompletedProcess[str]":
        command = [*without_network, str(there / "bin" / "sygaldry"), *rest]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=workspace)

    applied = sygaldry("bundle", "apply", str(bundle))
    assert applied.returncode == 0, applied.stderr
    assert docker("image", "inspect", "--format", "{{.Id}}", name).stdout.strip() == identity
    done = sygaldry("launch", "-q", "--locked", "--offline", "--", "id", "-un")
    assert (done.stdout, done.returncode) == ("kvothe\n", 0), done.stderr
    install = ("launch", "-q", "--locked", "--offline", "--entrypoint", "uv-install", "--")
    assert sygaldry(*install, "six").returncode == 2, "a locked launch installs only what a lock fixes"
    done = sygaldry(*install, "-r", "requirements.txt")
    assert done.returncode == 0, done.stderr
    done = sygaldry("launch", "-q", "--offline", "--", "python3", "-c", "import six; print(six.__version__)")
    assert (done.stdout, done.returncode) == ("1.17.0\n", 0), done.stderr
    findings = json.loads(sygaldry("verify", "--json").stdout)["data"]["findings"]
    verified = {each["kind"]: each["verdict"] for each in findings}
    assert set(verified.values()) == {"equal"}, findings

    container = name.partition(":")[0].replace("/", "-")
    docker("run", "--name", container, name, "touch", "/another")
    docker("commit", container, name)
    docker("rm", "--force", container)
    another = own_image.sygaldry("bundle", "create", str(tmp_path / "another"), *words)
    assert (another.returncode, "is not the locked one" in another.stderr) == (1, True), another.stderr

    archive = tmp_path / "image.tar"
    written = sygaldry("bundle", "apply", str(bundle), "--image-archive", str(archive))
    assert written.returncode == 0, written.stderr
    assert "exists already" in sygaldry("bundle", "apply", str(bundle), "--image-archive", str(archive)).stderr
    _podman_reads(archive, name, identity)


def _podman_reads(archive: Path, name: str, identity: str) -> None:
    """Read the archive with Podman: as it chooses, as an OCI layout, and as Docker's, each with the same image."""
    if not shutil.which("podman"):
        pytest.skip("podman is not installed, so only Docker has read the image")
    for words in (
        ["load", "--input", str(archive)],
        ["pull", f"oci-archive:{archive}"],
        ["pull", f"docker-archive:{archive}"],
    ):
        done = _podman(*words)
        assert done.returncode == 0, done.stderr
        found = _podman("image", "inspect", "--format", "{{.Id}}", name)
        _podman("rmi", "--force", name)
        assert found.stdout.strip() == identity.removeprefix("sha256:"), (words, found.stderr)


def _podman(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["podman", *words], capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")
def test_a_signature_is_made_and_demanded(own_image: World, tmp_path: Path) -> None:
    workspace, bundle, key = tmp_path / "work", tmp_path / "out", tmp_path / "key"
    workspace.mkdir()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    (tmp_path / "signers").write_text(f"me@example.org {key.with_suffix('.pub').read_text()}")
    words = ("--workspace", str(workspace))
    assert own_image.sygaldry("lock", "--no-image", *words).returncode == 0
    made = own_image.sygaldry("bundle", "create", str(bundle), "--no-image", "--no-wheels", "--sign", str(key), *words)
    assert made.returncode == 0, made.stderr
    demand = ("--signers", str(tmp_path / "signers"), "--identity")
    assert own_image.sygaldry("bundle", "verify", str(bundle), *demand, "me@example.org").returncode == 0
    other = own_image.sygaldry("bundle", "verify", str(bundle), *demand, "you@example.org")
    assert "is not valid" in other.stderr
    index = bundle / "index.json"
    index.write_text(index.read_text().replace('"size": ', '"size":  '))
    changed = own_image.sygaldry("bundle", "apply", str(bundle), *demand, "me@example.org", *words)
    assert changed.returncode == 1
    assert "the signature" in changed.stderr
