import fcntl
import os
from pathlib import Path

from sygaldry.supervisor.lifeline import Lifeline, hold


def test_a_lifeline_is_cut_when_its_holder_is_gone(tmp_path: Path) -> None:
    path = str(tmp_path / "batch.lock")
    lifeline = Lifeline(path)
    assert not lifeline.is_cut()  # a job on this machine has none
    holder = hold(path)
    assert not lifeline.is_cut()
    os.close(holder)
    assert lifeline.is_cut()


def test_a_holder_that_is_killed_at_once_was_seen(tmp_path: Path) -> None:
    path = str(tmp_path / "batch.lock")
    holder = hold(path)
    lifeline = Lifeline(path)
    os.close(holder)
    assert lifeline.is_cut()
    assert lifeline.has_holder()


def test_a_lock_that_was_never_seen_held_proves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "batch.lock"
    path.touch()  # as on a file system where locks of another process are not seen
    assert not Lifeline(str(path)).is_cut()


def test_a_lock_that_cannot_be_held_costs_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "batch.lock"
    assert hold(str(tmp_path / "absent" / "batch.lock")) == -1
    path.symlink_to(tmp_path / "other")
    assert hold(str(path)) == -1
    assert not (tmp_path / "other").exists()


def test_the_holder_does_not_pass_its_lock_on(tmp_path: Path) -> None:
    holder = hold(str(tmp_path / "batch.lock"))
    assert fcntl.fcntl(holder, fcntl.F_GETFD) & fcntl.FD_CLOEXEC
    os.close(holder)
