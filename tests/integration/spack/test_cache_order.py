"""Several build caches in order, and those that are silent, empty, lying or not to be trusted: told before a build."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ._round_trip import from_cache_alone
from ._servers import free_address
from .conftest import World
from .test_build import installed, tool

pytestmark = pytest.mark.spack

Choose = Callable[..., World]


def filled(with_roots: Choose, folder: Path, *specs: str) -> set[str]:
    """Build some packages into a cache in a folder, and forget that they were installed."""
    world = with_roots(*specs, mirrors=f"mirrors: {{team: {{url: 'file://{folder}', signed: false, autopush: true}}}}")
    assert world.run("build", str(world.environment)).code == 0
    found = set(installed(world))
    shutil.rmtree(world.store / "install")
    return found


def entry(folder: Path, name: str) -> Path:
    """Find the manifest of a package in a cache."""
    return next(folder.glob(f"v3/manifests/spec/{name}/*.spec.manifest.json"))


def archive(folder: Path, name: str) -> Path:
    """Find the archive of a package in a cache."""
    text = entry(folder, name).read_text()
    data = json.loads(text[text.index("{") : text.rindex("}") + 1])["data"]
    digest = next(each["checksum"] for each in data if "install" in each["mediaType"])
    return next(folder.glob(f"blobs/sha256/*/{digest}"))


def untouched(world: World) -> bool:
    """Whether nothing was installed."""
    return not list(world.store.glob("install/*/*"))


def test_what_the_first_lacks_comes_from_the_second(with_roots: Choose, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    before = filled(with_roots, second, "tiny-tool")
    shutil.copytree(second, first)
    entry(first, "tiny-math").unlink()
    mirrors = (
        f"mirrors: {{first: {{url: 'file://{first}', signed: false}}, "
        f"second: {{url: 'file://{second}', signed: false}}}}"
    )
    world = with_roots("tiny-tool", mirrors=mirrors)
    status = world.run("cache", "status", str(world.environment))
    assert status.code == 0
    assert f"first: 4 of 5 (file://{first})" in status.out
    assert f"second: 5 of 5 (file://{second})" in status.out
    plan = world.data("build", str(world.environment), "--dry-run")
    assert plan["cached"] == {
        "gcc-runtime@12.2.0": "first",
        "tiny-log@1.0": "first",
        "tiny-math@1.0": "second",
        "tiny-tool@1.0": "first",
    }
    from_cache_alone(world, before)


def test_a_silent_one_in_the_middle_is_told_and_left_out(with_roots: Choose, tmp_path: Path) -> None:
    last = tmp_path / "last"
    before = filled(with_roots, last, "tiny-tool")
    gone = f"https://{free_address()}/x"
    mirrors = (
        f"mirrors: {{first: {{url: 'file://{tmp_path}/first', signed: false}}, gone: '{gone}', "
        f"last: {{url: 'file://{last}', signed: false}}}}"
    )
    (tmp_path / "first").mkdir()
    world = with_roots("tiny-tool", mirrors=mirrors)
    status = world.run("cache", "status", str(world.environment))
    assert f"gone: {gone}/v3/manifests/index/index.manifest.json cannot be reached" in status.out
    assert "last: 5 of 5" in status.out
    assert f"first is empty (file://{tmp_path}/first)" in status.err
    done = world.run("build", str(world.environment), "--dry-run")
    assert "the build continues without gone and neither fetches nor pushes there" in done.err
    from_cache_alone(world, before)
    logs = "".join(path.read_text() for path in (world.store / ".sygaldry" / "logs").iterdir())
    assert gone not in logs, "Spack asked it all the same"


def test_a_silent_one_that_is_pushed_to_does_not_fail_the_packages(with_roots: Choose) -> None:
    gone = f"http://{free_address()}/x"
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{gone: {{url: '{gone}', signed: false, autopush: true}}}}")
    done = world.run("build", str(world.environment))
    assert (done.code, "5 built" in done.out) == (0, True), done
    assert "gone: " in done.err
    assert tool(world) == "42 hello\n"


def test_a_lying_index_is_told_before_anything_is_built(with_roots: Choose, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    filled(with_roots, folder, "tiny-tool")
    index = json.loads((folder / "v3/manifests/index/index.manifest.json").read_text())["data"][0]["checksum"]
    (folder / "blobs" / "sha256" / index[:2] / index).write_bytes(b"lies")
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{folder}', signed: false}}}}")
    status = world.run("cache", "status", str(world.environment))
    assert (status.code, "does not match its checksum" in status.out) == (1, True)
    done = world.run("build", str(world.environment))
    assert done.code == 1
    assert "is corrupt: its index does not match its checksum" in done.err
    assert "spack buildcache update-index" in done.err
    assert "--no-cache" in done.err
    assert untouched(world)
    assert world.run("build", str(world.environment), "--no-cache").code == 0


def test_an_altered_archive_is_told_and_not_built_instead(with_roots: Choose, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    filled(with_roots, folder, "tiny-tool")
    altered = archive(folder, "tiny-math")
    altered.write_bytes(altered.read_bytes()[:-9] + b"altered!!")
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{folder}', signed: false}}}}")
    done = world.run("build", str(world.environment))
    assert done.code == 1
    assert "tiny-math@1.0" in done.err
    assert "does not match its manifest" in done.err
    assert "--no-cache" in done.err
    assert not list(world.store.glob("install/*/tiny-math*"))
    assert not list(world.store.glob("install/*/tiny-tool*"))


def test_what_a_cache_has_is_not_built_instead_although_something_below_it_is(
    with_roots: Choose, tmp_path: Path
) -> None:
    folder = tmp_path / "mirror"
    before = filled(with_roots, folder, "tiny-tool")
    kept = tmp_path / "kept"
    shutil.copytree(folder, kept)
    for each in (folder, kept):
        entry(each, "tiny-log").unlink()
    archive(folder, "tiny-tool").write_bytes(b"altered")
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{folder}', signed: false}}}}")
    done = world.run("build", str(world.environment))
    assert (done.code, "tiny-tool@1.0: team has it, but its archive does not match" in done.err) == (1, True), done
    assert {"tiny-log", "tiny-math"} <= set(installed(world).values())
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{kept}', signed: false}}}}")
    shutil.rmtree(world.store / "install")
    done = world.run("build", str(world.environment))
    assert (done.code, "1 built, 4 from caches" in done.out) == (0, True), done
    assert set(installed(world)) == before


def test_unsigned_packages_where_signed_ones_are_wanted_stop_the_build(with_roots: Choose, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    filled(with_roots, folder, "tiny-tool")
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: 'file://{folder}'}}")
    status = world.run("cache", "status", str(world.environment))
    assert (status.code, status.out.count("team has it, but unsigned")) == (1, 5)
    assert "ask its owner to push it signed, or set `signed: false` for team" in status.err
    done = world.run("build", str(world.environment))
    assert done.code == 1
    assert "Spack would reject" in done.err
    assert "team has it, but unsigned" in done.err
    assert untouched(world)


def test_a_bad_first_one_does_not_matter_where_the_second_is_good(with_roots: Choose, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    before = filled(with_roots, second, "tiny-tool")
    shutil.copytree(second, first)
    # The first demands signatures and has none; Spack goes on to the second by itself.
    mirrors = f"mirrors: {{first: 'file://{first}', second: {{url: 'file://{second}', signed: false}}}}"
    world = with_roots("tiny-tool", mirrors=mirrors)
    assert world.run("cache", "status", str(world.environment)).code == 0
    from_cache_alone(world, before)


def test_another_architecture_and_other_options_are_told_apart(with_roots: Choose, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    filled(with_roots, folder, "tiny-tool")
    # The same index, as a machine with another system would have made it.
    path = folder / "v3/manifests/index/index.manifest.json"
    manifest = json.loads(path.read_text())
    digest = manifest["data"][0]["checksum"]
    records = json.loads((folder / "blobs" / "sha256" / digest[:2] / digest).read_text())
    renamed = {}
    for key, each in records["database"]["installs"].items():
        if each["spec"]["name"] == "tiny-log":
            each["spec"]["arch"]["platform_os"] = "ubuntu24.04"
            renamed["z" * 32] = each
        elif each["spec"]["name"] == "tiny-math":
            each["spec"]["parameters"]["build_type"] = "Debug"
            renamed["y" * 32] = each
        else:
            renamed[key] = each
    records["database"]["installs"] = renamed
    text = json.dumps(records).encode()
    from hashlib import sha256

    made = sha256(text).hexdigest()
    (folder / "blobs" / "sha256" / made[:2]).mkdir(exist_ok=True)
    (folder / "blobs" / "sha256" / made[:2] / made).write_bytes(text)
    manifest["data"][0].update(checksum=made, contentLength=len(text))
    path.write_text(json.dumps(manifest))
    for name in ("tiny-log", "tiny-math"):
        entry(folder, name).unlink()
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{folder}', signed: false}}}}")
    reasons = world.data("cache", "status", str(world.environment))["reasons"]
    assert reasons["tiny-log@1.0"].startswith("it has it for another architecture: ubuntu24.04/")
    assert reasons["tiny-math@1.0"] == "it has another build of it: /yyyyyyy, with other options: build_type=Debug"


def test_packages_built_in_a_shorter_place_are_told_before_they_are_moved(with_roots: Choose, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    filled(with_roots, folder, "tiny-tool")
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{folder}', signed: false}}}}")
    source = world.environment / "spack_src.yaml"
    longer = world.store / "install" / "deeper"
    source.write_text(source.read_text().replace(f"root: {world.store}/install", f"root: {longer}"))
    status = world.run("cache", "status", str(world.environment))
    assert f"its packages were built in {world.store}/install, and {longer} is longer" in status.err
