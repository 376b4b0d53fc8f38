"""What another user may not enter or open."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

_NOBODY = 65534


@contextmanager
def without_access(folder: Path) -> Iterator[None]:
    """Deny access to a folder, as if it belonged to another user; root becomes nobody meanwhile."""
    folder.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o700)


def skip_if_denied(device: str, become: Sequence[str]) -> None:
    """Skip the test if the user whom the words `become` stand for cannot open a device; without udev only root can."""
    if become and subprocess.run([*become, "test", "-r", device, "-a", "-w", device], check=False).returncode != 0:
        pytest.skip(f"untested here: an ordinary user cannot open {device}")
