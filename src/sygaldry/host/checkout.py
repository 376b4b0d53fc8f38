"""The Git checkout that a folder is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def find_checkout(folder: Path) -> Path | None:
    """Return the nearest folder, from this one upwards, that holds `.git`; None outside a checkout."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
