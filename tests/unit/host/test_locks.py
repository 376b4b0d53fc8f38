"""Waiting for a lock costs one thread, however often somebody asks."""

import fcntl
import threading
from pathlib import Path

from sygaldry.host.locks import wait_until_free


def test_asking_again_and_again_waits_in_the_same_thread(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        before = set(threading.enumerate())  # a thread of another test may end meanwhile, so no count is compared
        assert [wait_until_free({"a": str(path)}, 0.001) for _ in range(20)] == [""] * 20
        assert len(set(threading.enumerate()) - before) == 1
    assert wait_until_free({"a": str(path)}, 10) == "a"


def test_the_first_lock_that_is_free_is_named(tmp_path: Path) -> None:
    path, missing = tmp_path / "lock", tmp_path / "missing"
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert wait_until_free({"held": str(path), "missing": str(missing)}, 10) == "missing"
