"""A small disk of its own."""

import subprocess
from pathlib import Path

import pytest


class mounted:  # noqa: N801 - read as a word: with mounted(folder):
    """A small disk of its own; skipped where this user may not mount."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder, self.size = folder, size

    def __enter__(self) -> Path:
        self.folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={self.size}", "tmpfs", str(self.folder)],
            check=False,
            capture_output=True,
        )
        if done.returncode:
            pytest.skip("this user may not mount a small disk")
        return self.folder

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=False, capture_output=True)
