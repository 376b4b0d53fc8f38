"""Build caches on real servers: an OCI registry, HTTP to read from, and S3 with keys that never leave the variables."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ._round_trip import from_cache_alone, pushed_by_hand, round_trip
from ._servers import Bucket, bucket, registry, web
from ._waiting import DEADLINE_S, processes_in, wait_for
from .conftest import World
from .test_build import installed, start

pytestmark = pytest.mark.spack

Choose = Callable[..., World]


@pytest.fixture
def oci(tmp_path: Path) -> Iterator[str]:
    """A real OCI registry on this machine alone."""
    with registry(tmp_path) as address:
        yield address


@pytest.fixture
def s3(tmp_path: Path, given: World) -> Iterator[Bucket]:
    """A real S3 server on this machine alone."""
    with bucket(tmp_path, given.python) as opened:
        yield opened


def opened(world: World, s3: Bucket) -> World:
    """Give the world what opens the bucket."""
    return replace(world, extra=s3.variables)


def test_a_registry_as_a_cache(with_roots: Choose, oci: str) -> None:
    mirror = f"{{url: 'oci+http://{oci}/tiny', signed: false, autopush: true}}"
    round_trip(with_roots("tiny-tool", mirrors=f"mirrors: {{registry: {mirror}}}"))


def test_a_registry_is_pushed_to_by_hand_and_needs_no_key(with_roots: Choose, oci: str) -> None:
    # Signed, as it is by default: in a registry Spack neither signs nor checks.
    pushed_by_hand(with_roots("tiny-tool", mirrors=f"mirrors: {{registry: 'oci+http://{oci}/tiny'}}"))


def test_a_registry_with_a_password_as_a_cache(with_roots: Choose, tmp_path: Path) -> None:
    with registry(tmp_path, is_open=False) as address:
        pair = "access_pair: {id_variable: TINY_NAME, secret_variable: TINY_SECRET}"
        mirror = f"{{url: 'oci://{address}/tiny', signed: false, autopush: true, {pair}}}"
        world = with_roots("tiny-tool", mirrors=f"mirrors: {{registry: {mirror}}}")
        trusted = {"SSL_CERT_FILE": f"{tmp_path}/tls.crt", "TINY_NAME": "tiny"}
        round_trip(replace(world, extra=trusted | {"TINY_SECRET": "tiny-secret"}))
        wrong = replace(world, extra=trusted | {"TINY_SECRET": "guessed-it"})
        status = wrong.run("cache", "status", str(world.environment))
        assert (status.code, "401" in status.out) == (1, True), status
        assert "guessed-it" not in status.out + status.err


@pytest.mark.parametrize("kind", ["folder", "registry"])
def test_a_build_that_is_killed_in_the_middle_loses_nothing_that_was_built(
    with_roots: Choose, tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    url = f"file://{tmp_path}/mirror" if kind == "folder" else f"oci+http://{request.getfixturevalue('oci')}/tiny"
    mirrors = f"mirrors: {{team: {{url: '{url}', signed: false, autopush: true}}}}"
    world = with_roots("tiny-tool", "tiny-slow", mirrors=mirrors)
    build = start(world, "-p", "2")
    wait_for(lambda: pushed(tmp_path, "tiny-log"), "the middle of a build")
    build.kill()
    build.wait(DEADLINE_S)
    wait_for(lambda: not processes_in(world.store), "the end of everything that it started")
    there = installed(world)
    kept = {name for name in there.values() if pushed(tmp_path, name)}
    # Nobody made an index: each package is found by its own name, by us and by Spack.
    status = world.run("cache", "status", str(world.environment), "--json")
    missing = json.loads(status.out)["data"]["missing"]
    assert not {f"{name}@1.0" for name in kept if name.startswith("tiny")} & set(missing)
    assert "its index is out of date" in world.run("cache", "status", str(world.environment)).err
    # The next build builds nothing of it again, and pushes what the kill kept from being pushed.
    resumed = world.data("build", str(world.environment))
    assert not {label.partition("@")[0] for label in resumed["built"]} & set(there.values())
    assert world.data("cache", "status", str(world.environment))["missing"] == []
    shutil.rmtree(world.store / "install")
    done = world.run("build", str(world.environment), "--only-cache")
    assert (done.code, ": 0 built" in done.out) == (0, True), done


def pushed(folder: Path, name: str) -> bool:
    """Whether a package is in the folder, or in the registry, that belongs to the test."""
    tags = folder / "registry/docker/registry/v2/repositories/tiny/_manifests/tags"
    return bool([*folder.glob(f"mirror/v3/manifests/spec/{name}/*"), *tags.glob(f"{name}-*")])


def test_a_folder_that_a_web_server_shows_as_a_cache(with_roots: Choose, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    pusher = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{folder}', signed: false}}}}")
    assert pusher.run("build", str(pusher.environment)).code == 0
    before = set(installed(pusher))
    assert pusher.run("cache", "push", str(pusher.environment)).code == 0
    shutil.rmtree(pusher.store / "install")
    with web(folder) as address:
        reader = with_roots("tiny-tool", mirrors=f"mirrors: {{web: {{url: '{address}', signed: false}}}}")
        status = reader.data("cache", "status", str(reader.environment))
        assert (status["hits"], status["of"]) == (5, 5)
        from_cache_alone(reader, before)


def test_a_bucket_as_a_cache(with_roots: Choose, s3: Bucket) -> None:
    world = opened(with_roots("tiny-tool", mirrors=f"mirrors: {{bucket: {s3.mirror()}}}"), s3)
    round_trip(world)
    told = [path for path in world.store.rglob("*") if path.is_file() and s3.secret.encode() in path.read_bytes()]
    assert not told, "the secret was written down"


def test_a_bucket_is_pushed_to_by_hand(with_roots: Choose, s3: Bucket) -> None:
    mirror = s3.mirror("signed: false")
    pushed_by_hand(opened(with_roots("tiny-tool", mirrors=f"mirrors: {{bucket: {mirror}}}"), s3))


def test_a_bucket_without_its_key_is_told_before_the_build(with_roots: Choose, s3: Bucket) -> None:
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{bucket: {s3.mirror()}}}")
    done = world.run("build", str(world.environment))
    assert done.code == 1
    assert done.err.count("bucket: TINY_KEY and TINY_SECRET must be set here") == 1
    assert "SYGALDRY_PASS_ENVIRONMENT=TINY_KEY,TINY_SECRET" in done.err
    assert not (world.store / "install").exists()


def test_a_bucket_that_does_not_know_the_key_is_told_without_showing_it(with_roots: Choose, s3: Bucket) -> None:
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{bucket: {s3.mirror()}}}")
    wrong = opened(world, replace(s3, secret="not-the-secret"))
    status = wrong.run("cache", "status", str(world.environment))
    assert (status.code, "SignatureDoesNotMatch" in status.out) == (1, True), status
    assert "not-the-secret" not in status.out + status.err


def test_a_python_without_boto3_is_told_with_what_to_type(with_roots: Choose, given: World, tmp_path: Path) -> None:
    world = with_roots("tiny-tool", mirrors="mirrors: {bucket: {url: 's3://tiny/cache', signed: false}}")
    python = tmp_path / "python"
    # The same Python, in which boto3 cannot be found.
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path}/hidden exec {given.python} "$@"\n')
    python.chmod(0o755)
    (tmp_path / "hidden" / "boto3").mkdir(parents=True)
    (tmp_path / "hidden" / "boto3" / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'boto3'\", name='boto3')\n"
    )
    done = replace(world, python=python).run("build", str(world.environment))
    assert done.code == 1
    assert f"the Python that runs Spack ({python}) has no boto3" in done.err
    assert f"{python} -m pip install boto3" in done.err
    assert not (world.store / "install").exists()
