"""Storage that is full or read-only, through the launcher."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.jobs._disk import break_off, breakable, mounted
from tests.faults.jobs._launched import Project, assert_whole, log_of, told_to_the_end

from sygaldry.jobs.paths import runs_of


@pytest.fixture
def small(sandboxed: Project) -> Iterator[Project]:
    """Give a project whose storage has two mebibytes."""
    with mounted(sandboxed.world.root, "2m"):
        yield sandboxed


@pytest.fixture
def fragile(sandboxed: Project) -> Iterator[Project]:
    """Give a project whose storage can be made read-only under it."""
    with breakable(sandboxed.world.root):
        yield sandboxed


def fill(folder: Path) -> None:
    """Write until nothing goes any more."""
    with (folder / "filling").open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def test_a_job_that_fills_the_disk_ends_with_its_own_code(small: Project) -> None:
    names = small.run("full", "echo up; head -c 4000000 /dev/zero | tr '\\0' x; sleep 0.3; exit 4")
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code) == ("FAILED", 4)
    assert log_of(names).startswith(b"up\n")
    assert small.verb("wait", "full").returncode == 1


def test_no_job_is_started_on_a_full_disk_and_none_is_left_behind(small: Project) -> None:
    told_to_the_end(small.run("before", "exit 3"))
    fill(small.world.root)
    for job in ("before", "new"):
        refused = small.verb("run", "--job", job, "--", "true")
        assert refused.returncode not in (0, 1), refused.stdout
        assert "cannot start a job: only 0 KiB are free" in refused.stderr
    assert " rc=3 " in small.verb("status", "before").stdout, "what was there is told as before"
    assert runs_of(str(small.folder), "new") == ()


def test_no_job_is_started_on_a_read_only_disk(fragile: Project) -> None:
    told_to_the_end(fragile.run("before", "exit 3"))
    break_off(fragile.world.root)
    refused = fragile.verb("run", "--job", "before", "--", "true")
    assert refused.returncode not in (0, 1), refused.stdout
    assert "Read-only file system" in refused.stderr
    assert " rc=3 " in fragile.verb("status", "before").stdout


def test_a_disk_that_turns_read_only_under_a_job_is_reported_and_the_job_never_done(fragile: Project) -> None:
    names = fragile.run("ro", "echo up; sleep 1; exit 0")
    fragile.up(names)
    break_off(fragile.world.root)
    assert "PROGRESS " in fragile.verb("status", "ro").stdout
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, truth.by) == ("LOST", None, "machine")
    assert "storage cannot be written" in truth.why
    assert fragile.verb("wait", "ro").returncode == 4
    assert_whole(names)
