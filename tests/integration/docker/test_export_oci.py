"""An image leaves the engine as an OCI layout or into a registry, and runs from there as an ordinary user."""

import json
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import Engine, docker
from tests.integration.registry import registry

from sygaldry.image.oci.documents import INDEX, MANIFEST

pytestmark = pytest.mark.docker
_PROGRAM = ("bash", "-c", "id -u; whoami; touch ~/kept && python3 -c 'print(6*7)'")
_LIMITS = ("--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024")  # podman's own need more rights
_KINDS = ["application/vnd.cyclonedx+json", "application/spdx+json", "application/vnd.in-toto+json"]


@pytest.fixture
def world(engine: Engine, new_world: Callable[..., World]) -> World:
    return new_world(SYGALDRY_RUNTIME="docker", SYGALDRY_IMAGE=engine.base)


@pytest.fixture
def tiny() -> Iterator[str]:
    """Give an image of two small files."""
    name = f"image-tiny-{os.getpid()}:7"
    with TemporaryDirectory() as folder:
        Path(folder, "etc").mkdir()
        Path(folder, "etc", "passwd").write_text("root:x:0:0::/root:/bin/sh\n")
        Path(folder, "file").write_text("content\n")
        packed = subprocess.run(["tar", "-C", folder, "-c", "."], capture_output=True, check=True).stdout
    subprocess.run(["docker", "import", "-", name], input=packed, capture_output=True, check=True)
    yield name
    docker("rmi", "--force", name)


def podman(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["podman", *words], capture_output=True, text=True, check=False, timeout=300)


def fetched(address: str, path: str, kind: str, login: str) -> dict[str, object]:
    headers = {"Accept": kind, "Authorization": f"Basic {login}"}
    with urlopen(Request(f"http://{address}/v2/{path}", headers=headers), timeout=20) as answer:
        found: dict[str, object] = json.loads(answer.read())
    return found


def test_an_image_is_pushed_with_its_bills_and_runs_from_the_registry(world: World, tmp_path: Path) -> None:
    login = b64encode(b"me:pa55word-of-mine").decode()
    with registry(tmp_path / "registry", "pa55word-of-mine") as address:
        name = f"{address}/team/dev:1"
        words = ("image", "export", "--oci", name, "--environment", "none")
        refused = world.sygaldry(*words)
        assert refused.returncode == 1
        assert f"docker login {address}" in refused.stderr

        config = tmp_path / "config"
        config.mkdir()
        (config / "config.json").write_text(json.dumps({"auths": {address: {"auth": login}}}))
        done = world.sygaldry(*words, "--json", DOCKER_CONFIG=str(config))
        assert done.returncode == 0, done.stderr
        assert "pa55word" not in done.stdout + done.stderr
        data = json.loads(done.stdout)["data"]
        assert list(data["referrers"]) == _KINDS
        assert data["materials"] > 50

        manifest = fetched(address, f"team/dev/manifests/{data['digest']}", MANIFEST, login)
        assert len(manifest["layers"]) == data["layers"] < 127  # type: ignore[arg-type]
        listed = fetched(address, f"team/dev/manifests/{data['digest'].replace(':', '-')}", INDEX, login)
        assert [each["artifactType"] for each in listed["manifests"]] == _KINDS  # type: ignore[attr-defined]
        first = fetched(address, f"team/dev/manifests/{data['referrers'][_KINDS[0]]}", MANIFEST, login)
        assert first["subject"]["digest"] == data["digest"]  # type: ignore[index]

        docker("--config", str(config), "pull", "-q", name)
        try:
            inside = docker("run", "--rm", name, *_PROGRAM)
        finally:
            docker("rmi", "--force", name)
        assert inside.stdout.split() == ["1000", "kvothe", "42"], inside.stderr
        if shutil.which("podman"):
            login_file = ("--authfile", str(config / "config.json"), "--tls-verify=false")
            assert podman("pull", "-q", *login_file, name).returncode == 0
            try:
                inside = podman("run", "--rm", *_LIMITS, name, *_PROGRAM)
            finally:
                podman("rmi", "--force", name)
            assert inside.stdout.split() == ["1000", "kvothe", "42"], inside.stderr


def test_a_layout_on_disk_is_read_by_others_and_nothing_half_made_stays(
    world: World, tiny: str, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "oci"
    words = ("image", "export", tiny, "--environment", "none", "--oci")
    missing = world.sygaldry(*words, str(target))
    assert missing.returncode == 1
    assert f"mkdir -p {target.parent}" in missing.stderr
    target.parent.mkdir()
    unbuilt = world.sygaldry("image", "export", tiny, "--oci", str(target), "--environment", "pkg/none")
    assert unbuilt.returncode != 0
    assert list(target.parent.iterdir()) == []
    done = world.sygaldry(*words, str(target), "--json")
    assert done.returncode == 0, done.stderr
    assert [each.name for each in target.parent.iterdir()] == ["oci"]
    digest = json.loads(done.stdout)["data"]["digest"]
    assert (target / "blobs" / "sha256" / digest.removeprefix("sha256:")).is_file()
    if shutil.which("skopeo"):
        seen = subprocess.run(
            ["skopeo", "inspect", f"oci:{target}:7"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert json.loads(seen.stdout)["Digest"] == digest, seen.stderr
    refused = world.sygaldry(*words, str(target))
    assert f"{target} exists already" in refused.stderr
    again = world.sygaldry(*words, f"{target}-2", "--json")
    assert json.loads(again.stdout)["data"]["digest"] == digest, "the same image has the same digest"
