"""Two builds of the same inputs are equal: the files, their modes, owners and times, and the digests of the layers."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.image_difference import differences
from benchmarks.saved_image import SavedImage, read_saved
from tests.integration.conftest import World
from tests.integration.docker.conftest import Engine, docker

pytestmark = pytest.mark.docker
_AUTHORITY = b"# certificate authority of the site 5f1c"


def saved(name: str, folder: Path) -> SavedImage:
    """Save an image and read it."""
    archive = folder / f"{os.urandom(4).hex()}.tar"
    assert docker("save", "--output", str(archive), name).returncode == 0
    # The legacy builder gets the certificates from a helper on the host; layers are saved uncompressed.
    assert _AUTHORITY not in archive.read_bytes()
    with archive.open("rb") as file:
        return read_saved(file)


@pytest.fixture
def twice(own_image: World, tmp_path: Path) -> Iterator[tuple[World, World]]:
    """Give two worlds that build under two names, with a package of Debian on top of the base."""
    bundle = tmp_path / "bundle.crt"
    bundle.write_bytes(Path("/etc/ssl/certs/ca-certificates.crt").read_bytes() + b"\n" + _AUTHORITY + b"\n")
    first = {**own_image.variables, "SYGALDRY_PACKAGES": "jq", "SSL_CERT_FILE": str(bundle), "DOCKER_BUILDKIT": "0"}
    second = {**first, "SYGALDRY_IMAGE": own_image.variables["SYGALDRY_IMAGE"].replace(":1", ":2")}
    yield World(own_image.root / "one", first), World(own_image.root / "other", second)
    docker("rmi", "--force", second["SYGALDRY_IMAGE"])


def test_two_builds_of_the_same_inputs_have_equal_layers(
    twice: tuple[World, World], tmp_path: Path, engine: Engine
) -> None:
    images, start = [], time.time() - 1
    for world in twice:
        done = world.sygaldry("image", "build", "--force")
        assert done.returncode == 0, done.stderr
        images.append(saved(world.variables["SYGALDRY_IMAGE"], tmp_path))
    found = differences(*images)
    assert not found, "\n".join(line for each in found for line in each.lines(50))

    base = len(saved(engine.base, tmp_path).layers)
    ours = {name: entry for layer in images[0].layers[base:] for name, entry in layer.entries.items()}
    assert "usr/bin/jq" in ours
    late = {name: entry.mtime for name, entry in ours.items() if entry.mtime >= start}
    assert not late, "nothing has the time of the build"
    volatile = [name for name in ours if name.endswith((".log", "aux-cache", ".bin"))]
    assert volatile == []

    # The package is part of the key, and the layers of the other steps are taken from the cache.
    status = twice[0].sygaldry("image", "status", SYGALDRY_PACKAGES="jq,zstd")
    assert status.returncode == 1
    assert "PACKAGES changed from jq to jq zstd" in status.stdout
    inside = twice[0].run("-q", "--", "sh", "-c", "echo '{\"a\": 7}' | jq .a")
    assert (inside.stdout, inside.returncode) == ("7\n", 0), inside.stderr


def test_a_difference_is_listed_by_file_with_both_values(tmp_path: Path, engine: Engine) -> None:
    name = f"image-difference-{os.getpid()}"
    images = []
    for mode in ("0644", "0755"):
        folder = tmp_path / mode
        folder.mkdir()
        (folder / "Dockerfile").write_text(f"FROM {engine.base}\nRUN touch -d @0 /file && chmod {mode} /file\n")
        words = ["docker", "build", "-q", "--tag", name, str(folder)]
        subprocess.run(words, capture_output=True, check=True, timeout=120, env={**os.environ, "DOCKER_BUILDKIT": "0"})
        images.append(saved(name, tmp_path))
        docker("rmi", "--force", name)
    (only,) = differences(*images)
    assert only.entries == ("file: mode 0644 -> 0755",)
