"""Signed build caches and their keys with the real Spack and gpg, whose agent never outlives a command."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ._round_trip import from_cache_alone
from ._waiting import DEADLINE_S, wait_for
from .conftest import World
from .test_build import installed, stages, start
from .test_cache_order import entry, untouched

pytestmark = [
    pytest.mark.spack,
    pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed: apt-get install gnupg"),
]

Choose = Callable[..., World]


def agents(world: World) -> list[str]:
    """Name the agents that gpg left behind for this store."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if "gpg-agent" in line and str(world.store) in line:
            found.append(line)
    return found


def keys(world: World, *words: str) -> str:
    """Change or list the keys; no agent may be left."""
    done = world.run("cache", "keys", str(world.environment), *words)
    assert done.code == 0, done
    assert agents(world) == []
    return done.out


def pushed_signed(with_roots: Choose, folder: Path) -> set[str]:
    """Build into a signed cache and forget the store and its keys."""
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{folder}', autopush: true}}}}")
    keys(world, "--create", "Tiny Team", "--mail", "tiny@example.invalid")
    assert world.run("build", str(world.environment)).code == 0
    assert agents(world) == []
    before = set(installed(world))
    shutil.rmtree(world.store / "install")
    shutil.rmtree(world.store / "gpg")
    return before


def puller(with_roots: Choose, folder: Path) -> World:
    return with_roots("tiny-tool", mirrors=f"mirrors: {{team: 'file://{folder}'}}")


def test_a_signed_cache_needs_a_key_to_push_and_trust_to_pull(with_roots: Choose, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{folder}', autopush: true}}}}")
    refused = world.run("build", str(world.environment))
    assert (refused.code, "no signing key was found here" in refused.err) == (1, True)
    before = pushed_signed(with_roots, folder)
    world = puller(with_roots, folder)
    status = world.run("cache", "status", str(world.environment))
    assert (status.code, "team: 0 of 5" in status.out) == (1, True)
    assert status.out.count("which is not trusted here") == 5
    assert "sygaldry env cache keys --trust" in status.err
    untrusted = world.run("build", str(world.environment))
    assert untrusted.code == 1
    assert "Spack would reject" in untrusted.err
    assert "sygaldry env cache keys --trust" in untrusted.err
    assert untouched(world)
    assert "Tiny Team" in keys(world, "--trust")
    assert world.data("cache", "status", str(world.environment))["hits"] == 5
    from_cache_alone(world, before)
    assert agents(world) == []


def test_a_build_that_is_ended_while_it_signs_leaves_no_agent_behind(with_roots: Choose, tmp_path: Path) -> None:
    mirrors = f"mirrors: {{team: {{url: 'file://{tmp_path}/mirror', autopush: true}}}}"
    world = with_roots("tiny-tool", "tiny-slow", mirrors=mirrors)
    keys(world, "--create", "Tiny Team", "--mail", "tiny@example.invalid")
    build = start(world, "-p", "2")
    wait_for(lambda: stages(world, "tiny-slow-") and agents(world), "a package that is signed")
    build.terminate()
    assert build.wait(DEADLINE_S) == 128 + 15
    assert agents(world) == []


def test_a_key_is_handed_on_in_a_file(with_roots: Choose, tmp_path: Path) -> None:
    folder, public = tmp_path / "mirror", tmp_path / "team.pub"
    world = with_roots("tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{folder}', autopush: true}}}}")
    keys(world, "--create", "Tiny Team", "--mail", "tiny@example.invalid")
    keys(world, "--export", str(public))
    assert "PRIVATE" not in public.read_text()
    shutil.rmtree(world.store / "gpg")
    assert keys(world) == ""
    assert "Tiny Team" in keys(world, "--trust-file", str(public))


def test_a_second_key_is_refused_because_spack_could_not_choose(with_roots: Choose) -> None:
    world = with_roots("tiny-tool")
    keys(world, "--create", "Tiny Team", "--mail", "tiny@example.invalid")
    again = world.run("cache", "keys", str(world.environment), "--create", "Other", "--mail", "other@example.invalid")
    assert (again.code, "a signing key exists already" in again.err) == (1, True)


def test_what_was_altered_after_signing_stops_the_build(with_roots: Choose, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    pushed_signed(with_roots, folder)
    world = puller(with_roots, folder)
    keys(world, "--trust")
    altered = entry(folder, "tiny-math")
    altered.write_text(altered.read_text().replace('"version":3', '"version": 3'))
    status = world.data("cache", "status", str(world.environment))
    assert status["hits"] == 4
    assert "altered after it was signed" in status["reasons"]["tiny-math@1.0"]
    done = world.run("build", str(world.environment))
    assert (done.code, "altered after it was signed" in done.err) == (1, True)
    assert untouched(world)
