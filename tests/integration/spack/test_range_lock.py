"""Whether somebody holds the lock of one byte, as a build of Spack's does."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

from sygaldry.host.range_lock import is_held

HOLD = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX, 1, int(sys.argv[2]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_byte_that_another_process_locks_is_held_and_its_neighbour_is_not(tmp_path: Path) -> None:
    path = tmp_path / "prefix_lock"
    path.write_bytes(b"")
    offset = 2**62 + 5  # Spack's offsets are the first 63 bits of a hash
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), str(offset)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == b"held\n"
        assert is_held(str(path), offset)
        assert not is_held(str(path), offset + 1)
    finally:
        holder.stdin.close()
        holder.stdout.close()
        holder.wait()
    assert not is_held(str(path), offset)


def test_without_a_file_nobody_holds_anything(tmp_path: Path) -> None:
    assert not is_held(str(tmp_path / "absent"), 0)
    with (tmp_path / "own").open("wb") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        assert not is_held(str(tmp_path / "own"), 0)  # our own lock is nobody else's
