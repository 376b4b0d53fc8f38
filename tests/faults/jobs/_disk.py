"""Small disks of their own, which fill up or refuse to be written; skipped where this user may not mount."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """Give a disk of so many bytes."""
    yield from _mounted(folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")


@contextmanager
def breakable(folder: Path) -> Iterator[Path]:
    """Give a disk that `break_off` can make read-only under those who write to it, as a failing one is."""
    image = folder.with_name(f"{folder.name}.image")
    image.write_bytes(b"")
    done = subprocess.run(["mkfs.ext4", "-q", "-N", "2000", str(image), "16m"], check=False, capture_output=True)
    if done.returncode:
        pytest.skip(f"no disk can be made here: {done.stderr.decode()}")
    yield from _mounted(folder, "-o", "loop", str(image))


def break_off(folder: Path) -> None:
    """Make ext4 behave as after an error of the disk: whoever has a file open cannot write any more either."""
    subprocess.run(["mount", "-o", "remount,abort", str(folder)], check=True, capture_output=True)


def _mounted(folder: Path, *words: str) -> Iterator[Path]:
    folder.mkdir()
    done = subprocess.run(["mount", *words, str(folder)], check=False, capture_output=True)
    if done.returncode:
        pytest.skip(f"this user may not mount a small disk: {done.stderr.decode()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
