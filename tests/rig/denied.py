"""What another user may not enter or open."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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


def is_denied(device: str, become: Sequence[str]) -> bool:
    """Return whether the user that the words `become` cannot open a device; without udev, only root can open most."""
    return subprocess.run([*become, "test", "-r", device, "-a", "-w", device], check=False).returncode != 0
