"""Locking and building with the real Spack, on a repository of our own."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from glob import glob
from pathlib import Path
from typing import Any

import pytest

from ._waiting import DEADLINE_S, held_in_the_middle, processes_in, wait_for
from .conftest import World

pytestmark = pytest.mark.spack

Choose = Callable[..., World]


def installed(world: World, index: Path | None = None) -> dict[str, str]:
    """Map the hash of everything that Spack installed to its name."""
    index = index or world.store / "install" / ".spack-db" / "index.json"
    records = json.loads(index.read_text())["database"]["installs"]
    return {key: each["spec"]["name"] for key, each in records.items() if each["installed"]}


def tool(world: World) -> str:
    """Run the program that was built, through the view."""
    return subprocess.run(
        [world.store / "views" / "tiny" / "bin" / "tiny-tool"], capture_output=True, text=True, check=True
    ).stdout


def start(world: World, *words: str, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start a build whose words go to builds.txt; `before` are a program and its arguments to start it through."""
    with (world.folder / "builds.txt").open("ab") as said:
        return subprocess.Popen(
            [*before, *world.argv, "build", str(world.environment), *words],
            env=world.variables,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )


def stages(world: World, name: str) -> list[Path]:
    """Find what is being built; Spack puts a folder of the user's name between, unless the path has it already."""
    # Unlike Path.glob, glob ignores a folder that disappears while it is read: a package that has just been built.
    patterns = (f"{world.store}/stage/{between}spack-stage-{name}*" for between in ("", "*/"))
    return [Path(found) for pattern in patterns for found in glob(pattern)]  # noqa: PTH207


def test_a_lock_is_made_with_its_provenance(given: World, locked: dict[str, Any]) -> None:
    names = {each["name"] for each in locked["concrete_specs"].values()}
    assert {"tiny-tool", "tiny-math", "tiny-log", "tiny-app", "tiny-broken", "gcc", "cmake"} <= names
    made = json.loads((given.environment / "sygaldry.lock.json").read_text())
    assert made["spack_version"] == "1.1.0"
    assert {"tiny-tool", "gcc"} <= set(made["recipes"])
    assert made["licenses"]["tiny-log"] == "MIT"
    check = given.run("lock", "--check", str(given.environment))
    assert (check.code, check.out.count("up to date")) == (0, 1)
    assert not (given.store / "views").exists()


@pytest.mark.usefixtures("locked")
def test_a_changed_recipe_is_an_error_before_anything_is_built(given: World) -> None:
    path = given.environment / "sygaldry.lock.json"
    before = path.read_text()
    made = json.loads(before)
    made["recipes"]["tiny-log"] = "0" * 64
    path.write_text(json.dumps(made))
    try:
        done = given.run("build", str(given.environment))
    finally:
        path.write_text(before)
    assert done.code == 1
    assert "tiny-log" in done.err
    assert not (given.store / "install").exists()


def test_a_lock_is_built_viewed_verified_and_built_again_for_nothing(world: World) -> None:
    before = (world.environment / "spack.lock").read_bytes()
    assert world.run("status", str(world.environment)).out.count("store    absent") == 1
    done = world.run("build", str(world.environment))
    assert done.code == 0, done
    assert "5 built" in done.out
    assert "[5/5] installed tiny-tool@1.0" in done.err
    assert tool(world) == "42 hello\n"
    assert (world.environment / "spack.lock").read_bytes() == before
    assert world.data("status", str(world.environment))["parts"]["view"]["state"] == "ok"
    assert world.run("verify", str(world.environment)).code == 0
    again = world.run("build", str(world.environment))
    assert (again.code, "0 built" in again.out) == (0, True)
    plan = world.data("build", str(world.environment), "--dry-run")
    assert (plan["to_build"], plan["total"]) == ([], 4)


def test_damage_in_the_store_is_found_and_mended(world: World) -> None:
    assert world.run("build", str(world.environment)).code == 0
    (library,) = world.store.glob("install/*/tiny-math-*/lib/libtiny_math.so")
    (words,) = world.store.glob("install/*/tiny-log-*/share/tiny-log/words")
    library.unlink()
    words.write_text("changed\n")
    problems = world.data("verify", str(world.environment))["problems"]
    assert {(each["package"], each["kind"]) for each in problems} == {
        ("tiny-math@1.0", "damaged file"),
        ("tiny-log@1.0", "damaged file"),
        ("tiny-tool@1.0", "missing library"),
    }
    for path in (library, words):
        shutil.rmtree(next(each for each in path.parents if each.parent.parent.name == "install"))
    done = world.run("build", str(world.environment))
    assert done.code == 0, done
    assert "2 packages are gone from the store" in done.err
    assert world.run("verify", str(world.environment)).code == 0
    assert tool(world) == "42 hello\n"


def test_failures_stop_only_what_needs_them(with_roots: Choose) -> None:
    world = with_roots("tiny-tool", "tiny-app", "tiny-missing")
    done = world.run("build", str(world.environment), "--json")
    assert done.code == 1, done
    data = json.loads(done.out)["data"]
    assert "tiny-tool@1.0" in data["built"]
    assert set(data["failed"]) == {"tiny-broken@1.0", "tiny-missing@1.0"}
    assert data["skipped"] == ["tiny-app@1.0"]
    broken = data["failed"]["tiny-broken@1.0"]
    assert broken["cause"].startswith("broken.c:1:25 does not compile: 'this_is_not_declared' undeclared")
    assert "this_is_not_declared" in broken["why"]
    assert "this_is_not_declared" in Path(broken["log"]).read_text()
    assert tool(world) == "42 hello\n"


def test_a_failed_build_leads_to_the_line_that_is_the_cause(with_roots: Choose) -> None:
    """From the message itself, from the command that it names, and from a job's log that holds the message."""
    world = with_roots("tiny-app")
    done = world.run("build", str(world.environment))
    cause = "error: 'this_is_not_declared' undeclared"
    assert done.code == 1
    says = "broken.c:1:25 does not compile: 'this_is_not_declared' undeclared (first use in this function)"
    assert f"failed: tiny-broken@1.0: {says}\n  broken.c:1:25: {cause}" in done.out
    (named,) = [
        line.partition("more of the cause: sygaldry ")[2] for line in done.err.splitlines() if "cause: " in line
    ]
    log = world.folder / "job.log"
    log.write_text(done.err + done.out)
    for words in (named.split(), ["job", "explain", "--log", str(log), "--rc", "1"]):
        explained = subprocess.run(
            [*world.argv[:-1], *words], env=world.variables, capture_output=True, text=True, check=False
        )
        assert explained.stdout.startswith("exited 1: broken.c:1:25 does not compile"), (words, explained)
        assert cause in explained.stdout


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_ended_leaves_nothing_behind_and_is_resumed(with_roots: Choose, number: int) -> None:
    world = with_roots("tiny-tool", "tiny-slow")
    build = start(world)
    seed = random.randrange(1000)  # noqa: S311 - a moment, not a secret
    wait_for(lambda: stages(world, "tiny-"), "a build")
    time.sleep(seed / 1000)  # the random moment is the test
    build.send_signal(number)
    build.wait(DEADLINE_S)
    wait_for(lambda: not processes_in(world.folder), f"the end of {processes_in(world.folder)}")
    if number == signal.SIGTERM:
        assert build.returncode == 128 + signal.SIGTERM, seed
    kept = set(installed(world))
    done = world.run("build", str(world.environment))
    assert done.code == 0, (seed, done)
    assert kept <= set(installed(world))
    assert world.run("verify", str(world.environment)).code == 0, seed


def test_a_build_killed_again_and_again_loses_nothing_that_was_installed(with_roots: Choose) -> None:
    world = with_roots("tiny-tool", "tiny-slow")
    kept: set[str] = set()
    moments = [random.random() * 3 for _ in range(5)]  # noqa: S311 - moments, not secrets
    for moment in moments:
        build = start(world)
        time.sleep(moment)  # the random moment is the test
        build.kill()
        build.wait(DEADLINE_S)
        wait_for(lambda: not processes_in(world.store), f"the end of {processes_in(world.store)}")
        there = world.store / "install" / ".spack-db" / "index.json"
        now = set(installed(world)) if there.exists() else set()
        assert kept <= now, moments
        kept = now
    done = world.run("build", str(world.environment))
    assert done.code == 0, (moments, done)
    assert kept <= set(installed(world))
    assert world.run("verify", str(world.environment)).code == 0, moments
    assert tool(world) == "42 hello\n"


def test_a_process_that_builds_for_nobody_is_told(with_roots: Choose) -> None:
    """Spack killed alone leaves its build behind."""
    world = with_roots("tiny-slow")
    shutil.copy(world.environment / "spack_src.yaml", world.environment / "spack.yaml")
    spack = subprocess.Popen(
        [world.spack / "bin" / "spack", "-e", world.environment, "install", "--only-concrete"],
        env=world.variables | world.spack_variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: any("sleep 6" in each for each in processes_in(world.folder)), "the build")
    spack.kill()
    spack.wait(DEADLINE_S)
    with held_in_the_middle(world.folder):
        said = world.run("status", str(world.environment))
        orphan = "still builds tiny-slow@1.0 although its build has ended; stop it: kill"
        assert (said.code, orphan in said.out) == (1, True), said
        # The next build tells it too, waits for the stage that it holds, and builds the package itself.
        build = start(world)
        wait_for(lambda: "still builds tiny-slow@1.0" in (world.folder / "builds.txt").read_text(), "the warning")
        assert build.poll() is None
    assert build.wait(DEADLINE_S) == 0, (world.folder / "builds.txt").read_text()
    assert "tiny-slow" in installed(world).values()
    wait_for(lambda: not processes_in(world.folder), "its end")
    assert "still builds" not in world.run("status", str(world.environment)).out


def test_a_second_build_on_the_same_machine_is_refused(with_roots: Choose) -> None:
    world = with_roots("tiny-slow")
    first = start(world)
    with held_in_the_middle(world.folder):
        second = world.run("build", str(world.environment))
        assert (second.code, "--join" in second.err) == (1, True), second
    assert first.wait(DEADLINE_S) == 0


def test_an_edited_source_is_told_and_refused_under_locked(world: World) -> None:
    (world.environment / "sygaldry.lock.json").write_text(
        json.dumps({"schema": 1, "manifest_sha256": "0", "lock_digest": "0", "manifest": {"specs": ["tiny-log"]}})
    )
    done = world.run("build", str(world.environment), "--locked")
    assert (done.code, "+ tiny-tool; - tiny-log" in done.err) == (1, True), done
    assert not (world.store / "install").exists()
    plan = world.run("build", str(world.environment), "--dry-run")
    assert (plan.code, "the lock is what gets installed" in plan.err) == (0, True)
    frozen = world.run("build", str(world.environment), "--dry-run", "--frozen")
    assert (frozen.code, frozen.err) == (0, "")
    both = world.run("build", str(world.environment), "--locked", "--frozen")
    assert (both.code, "--locked and --frozen contradict each other" in both.err) == (2, True)


def test_locked_wants_to_know_what_the_lock_was_made_from(world: World) -> None:
    """As `lock --check`: a lock that nobody wrote anything down about is not known to be its source's."""
    unknown = world.run("build", str(world.environment), "--dry-run", "--locked")
    assert (unknown.code, "nothing records the settings that it was made with" in unknown.err) == (1, True)
    assert world.run("lock", "--check", str(world.environment)).code == 1
    assert world.run("build", str(world.environment), "--dry-run").code == 0


def test_a_lock_for_another_system_is_refused(world: World) -> None:
    shutil.copy(Path(__file__).parents[3] / "pkg" / "torch_cuda" / "spack.lock", world.environment)
    done = world.run("build", str(world.environment))
    assert done.code == 4
    assert "this machine does not match the lock: the lock is for ubuntu24.04" in done.err
    assert not (world.store / "install").exists()


def test_a_view_of_another_environment_is_not_overwritten(world: World) -> None:
    assert world.run("build", str(world.environment)).code == 0
    other = world.folder / "other"
    shutil.copytree(world.environment, other)
    done = world.run("build", str(other))
    assert (done.code, f"belongs to another environment: {world.environment}" in done.err) == (1, True)
    assert tool(world) == "42 hello\n"


def test_without_spack_or_with_another_version_it_is_said_what_is_missing(world: World) -> None:
    missing = world.run("build", str(world.environment), SYGALDRY_SPACK_ROOT="/nonexistent")
    assert (missing.code, "no Spack found in /nonexistent" in missing.err) == (4, True)
    # One that would clone its recipes is as bad as none.
    untold = world.folder / "untold" / "lib" / "spack" / "spack"
    untold.mkdir(parents=True)
    (untold / "__init__.py").write_text('__version__ = "1.1.0"\n')
    done = world.run("build", str(world.environment), SYGALDRY_SPACK_ROOT=str(world.folder / "untold"))
    assert (done.code, "would clone the newest from GitHub" in done.err) == (4, True)
    assert f"builtin: %s\\n' {world.recipes}/repos/spack_repo/builtin >" in done.err
    fake = world.folder / "newer" / "lib" / "spack" / "spack"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text('__version__ = "1.2.0"\n')
    newer = world.run("build", str(world.environment), SYGALDRY_SPACK_ROOT=str(world.folder / "newer"))
    assert (newer.code, "is 1.2.0, and 1.1.0 is needed" in newer.err) == (4, True)
