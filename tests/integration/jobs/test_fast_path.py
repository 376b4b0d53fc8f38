"""The short way of `zephyr_job status` says only what is sure, and the long way says the same."""

import fcntl
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World

JOB = CHECKOUT / "tools" / "zephyr_job"
RUN = "20261122T050908230Z"
LINE = f"FAILED job=b run={RUN} ts=2026-11-22T05:09:11Z state=FAILED rc=3 up=3s by=job step=exited 3 $(id) *\n"
SHORT = "FAILED rc=3 up=3s by=job step=exited 3 $(id) *\n  cause: x.c:3: error (line 7)\n"


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    """Give a world whose job has ended, without any Python to answer for it."""
    world = new_world(SYGALDRY_PYTHON="/nonexistent", SYGALDRY_VENV="/dev/null/venv", PATH="/usr/bin:/bin")
    folder = world.root / "demo" / "bazel_cache" / "zephyr_jobs"
    folder.mkdir(parents=True)
    (folder / "b.status").write_text(LINE)
    record = world.root / "demo" / ".sygaldry" / "jobs"
    record.mkdir(parents=True)
    (record / f"b-{RUN}.cause").write_text("x.c:3: error (line 7)\n")
    return world


@pytest.mark.parametrize(
    "words",
    [
        ("--project-id", "demo", "--job", "b"),
        ("--job", "b", "--project-id", "demo"),
        ("b", "--project-id", "demo"),
    ],
)
def test_a_job_that_has_ended_is_told_without_python(world: World, words: tuple[str, ...]) -> None:
    done = world.run("status", *words, program=JOB, XDG_CONFIG_HOME="/nonexistent")
    assert (done.returncode, done.stdout) == (0, SHORT), done.stderr
    waited = world.run("wait", *words, "--timeout", "5", program=JOB, XDG_CONFIG_HOME="/nonexistent")
    assert (waited.returncode, waited.stdout) == (1, SHORT), waited.stderr


def test_the_whole_command_line_gives_the_short_answer_too(world: World) -> None:
    words = ("--project-id", "demo", "--job", "b")
    asked = {"XDG_CONFIG_HOME": "/nonexistent"}
    done = world.run("job", "status", *words, program=CHECKOUT / "tools" / "sygaldry", **asked)
    assert (done.returncode, done.stdout) == (0, SHORT), done.stderr
    waited = world.run("job", "wait", *words, program=CHECKOUT / "tools" / "sygaldry", **asked)
    assert (waited.returncode, waited.stdout) == (1, SHORT), waited.stderr


@pytest.mark.parametrize("has_zephyr_job", [True, False])
def test_an_installed_sygaldry_asks_the_program_beside_it(world: World, tmp_path: Path, has_zephyr_job: bool) -> None:
    """The program is a stand-in that says what it was asked, and calls back for one job."""
    script = tmp_path / "bin" / "sygaldry"
    script.parent.mkdir()
    path = CHECKOUT / "src"
    main = (
        f"import sys\nsys.path.insert(0, {str(path)!r})\nfrom sygaldry.cli._installed import main\nsys.exit(main())\n"
    )
    script.write_text(f"#!{sys.executable}\n{main}")
    script.chmod(0o755)
    if has_zephyr_job:
        beside = script.with_name("zephyr_job")
        beside.write_text('#!/bin/sh\ncase $3 in b) echo "short: $*" ;; *) exec "${0%/*}/sygaldry" job "$@" ;; esac\n')
        beside.chmod(0o755)
    place = ("--project-id", "demo")
    short = world.run("job", "status", "--job", "b", *place, program=script, PATH="/usr/bin:/bin")
    long = world.run("job", "status", "--job", "none", *place, program=script, PATH="/usr/bin:/bin")
    assert short.stdout == (f"short: status --job b {' '.join(place)}\n" if has_zephyr_job else "")
    assert (long.returncode, "there is no job 'none'" in long.stderr) == (5, True)


@pytest.mark.skipif(not shutil.which("flock"), reason="util-linux has no flock here: the long way answers")
def test_a_job_whose_supervisor_holds_its_lock_is_told_without_python(world: World) -> None:
    folder = world.root / "demo" / "bazel_cache" / "zephyr_jobs"
    line = f"PROGRESS job=b run={RUN} ts=2026-11-22T05:09:11Z state=PROGRESS rc=- up=3s step=at work\n"
    (folder / "b.status").write_text(line)
    words = ("status", "--project-id", "demo", "--job", "b")
    with (folder / f"b-{RUN}.sup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = world.run(*words, program=JOB, XDG_CONFIG_HOME="/nonexistent")
        assert (done.returncode, done.stdout) == (0, "PROGRESS rc=- up=3s step=at work\n"), done.stderr
    gone = world.run(*words, program=JOB, XDG_CONFIG_HOME="/nonexistent")
    assert (gone.stdout, gone.returncode != 0) == ("", True), "the supervisor is gone, so the line is not believed"
    (folder / f"b-{RUN}.sup.lock").unlink()
    assert world.run(*words, program=JOB, XDG_CONFIG_HOME="/nonexistent").stdout == ""


@pytest.mark.parametrize("state", ["START", "PROGRESS", "", "DONE job=other run=x"])
def test_what_may_have_changed_is_not_answered_from_the_file(world: World, state: str) -> None:
    status = world.root / "demo" / "bazel_cache" / "zephyr_jobs" / "b.status"
    status.write_text(LINE.replace("FAILED job=b", f"{state} job=b", 1) if " " not in state else state)
    done = world.run("status", "--project-id", "demo", "--job", "b", program=JOB, XDG_CONFIG_HOME="/nonexistent")
    assert done.stdout == ""
    assert done.returncode != 0, "there is no Python to answer here"


@pytest.mark.parametrize("words", [("--json",), ("--run", RUN), ("--job", "../b"), ("--since", "x")])
def test_other_words_take_the_long_way(world: World, words: tuple[str, ...]) -> None:
    done = world.run(
        "status", "--project-id", "demo", "--job", "b", *words, program=JOB, XDG_CONFIG_HOME="/nonexistent"
    )
    assert done.returncode != 0


def test_a_workspace_without_a_project_id_is_found_by_its_marker(world: World, tmp_path: Path) -> None:
    workspace = tmp_path / "demo"
    workspace.mkdir(exist_ok=True)
    marker = world.root / "demo" / ".sygaldry" / "project"
    marker.write_text(f"sygaldry-storage 1\nproject demo\nworkspace {workspace}\n")
    words = {"SYGALDRY_WORKSPACE": str(workspace), "XDG_CONFIG_HOME": "/nonexistent"}
    assert world.run("status", "--job", "b", program=JOB, **words).stdout == SHORT
    (workspace / "sygaldry.toml").write_text("# a comment\ncpus = 4\n")
    assert world.run("status", "--job", "b", program=JOB, **words).stdout == SHORT
    (workspace / "sygaldry.toml").write_text('project_id = "other"\n')
    assert world.run("status", "--job", "b", program=JOB, **words).stdout == ""
    (workspace / "sygaldry.toml").write_text("storage_root = '/elsewhere'\n")
    assert world.run("status", "--job", "b", program=JOB, **words).stdout == ""


def test_a_status_that_a_container_may_have_written_is_not_believed(world: World) -> None:
    folder = world.root / "demo" / "bazel_cache" / "zephyr_jobs"
    (folder / f"b-{RUN}").mkdir()
    (folder / "b.status").rename(folder / f"b-{RUN}" / "b.status")
    (folder / "b.status").symlink_to(f"b-{RUN}/b.status")
    assert world.run("status", "--project-id", "demo", "b", program=JOB, XDG_CONFIG_HOME="/nonexistent").stdout == ""
