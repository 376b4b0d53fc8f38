"""The lock and the real engine: packages of an image, a changed image, and launches that demand the lock."""

import json
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import docker

pytestmark = pytest.mark.docker


def findings(world: World, *words: str) -> dict[str, dict[str, object]]:
    done = world.sygaldry("verify", "--json", *words)
    return {each["kind"]: each for each in json.loads(done.stdout)["data"]["findings"]}


def test_an_image_is_locked_verified_and_refused_when_it_is_another(own_image: World, tmp_path: Path) -> None:
    workspace = tmp_path / "work"
    workspace.mkdir()
    words = ("--workspace", str(workspace))
    assert own_image.sygaldry("image", "build", *words).returncode == 0
    locked = own_image.sygaldry("lock", *words)
    assert locked.returncode == 0, locked.stderr
    text = (workspace / "sygaldry.lock").read_text()
    assert '[debian."base-files:' in text
    assert "\ncontent = " in text
    found = findings(own_image, *words)
    assert {kind: each["verdict"] for kind, each in found.items()} == {
        "project": "equal",
        "image": "equal",
        "debian": "equal",
        "tool": "equal",
    }, found
    assert own_image.run("-q", "--locked", *words, "--", "true").returncode == 0

    name = own_image.variables["SYGALDRY_IMAGE"]
    change = r"sed -i '/^Package: base-files$/,/^$/s/^Version: .*/Version: 99/' /var/lib/dpkg/status"
    container = docker("create", "--entrypoint", "sh", name, "-c", change).stdout.strip()
    docker("start", "--attach", container)
    docker("commit", container, name)
    docker("rm", container)
    found = findings(own_image, *words)
    assert (found["image"]["verdict"], found["debian"]["verdict"]) == ("differs", "differs")
    assert "-> 99" in str(found["debian"]["details"])
    deep = json.loads(own_image.sygaldry("verify", "--deep", "--json", *words).stdout)["data"]["findings"]
    (files,) = [each for each in deep if each["kind"] == "files"]
    assert "is not a locked one: var/lib/dpkg/status" in files["details"][0], files
    refused = own_image.run("-q", "--locked", *words, "--", "true")
    assert refused.returncode == 125
    assert "is not the locked one" in refused.stderr
    assert own_image.run("-q", *words, "--", "true").returncode == 0


def test_a_build_keeps_to_the_lock(own_image: World, tmp_path: Path) -> None:
    words = ("image", "build", "--workspace", str(tmp_path), "-q")
    absent = own_image.sygaldry(*words, "--locked")
    assert (absent.returncode, "there is no" in absent.stderr) == (3, True), absent.stderr
    assert own_image.sygaldry("lock", "--workspace", str(tmp_path), "--no-image").returncode == 0
    assert own_image.sygaldry(*words, "--locked").returncode == 0
    other = own_image.sygaldry(*words, "--locked", SYGALDRY_PACKAGES="jq")
    assert (other.returncode, "image " in other.stderr and "changed" in other.stderr) == (1, True), other.stderr
    offline = own_image.sygaldry(*words, "--force", SYGALDRY_OFFLINE="1")
    assert (offline.returncode, "which is fresh" in offline.stderr) == (1, True), offline.stderr
    assert own_image.sygaldry(*words, SYGALDRY_OFFLINE="1").returncode == 0, "the image of a bundle is enough"
    stale = own_image.sygaldry(*words, SYGALDRY_OFFLINE="1", SYGALDRY_PACKAGES="jq")
    assert stale.returncode == 1
    assert "is stale (packages" in stale.stderr.lower(), stale.stderr
    assert "base_mirror" in stale.stderr


def test_offline_neither_builds_nor_pulls(own_image: World, tmp_path: Path) -> None:
    words = ("--workspace", str(tmp_path), "-q", "--offline")
    refused = own_image.run(*words, "--", "true")
    assert refused.returncode == 125
    assert "--offline forbids to build or pull it" in refused.stderr
    assert own_image.run(*words, "--dry-run", "--", "true").returncode == 125
    assert own_image.run("--workspace", str(tmp_path), "-q", "--", "true").returncode == 0
    done = own_image.run(*words, "--", "sh", "-c", "echo $UV_OFFLINE $HF_HUB_OFFLINE $PIP_NO_INDEX")
    assert done.stdout == "1 1 1\n", done.stderr
