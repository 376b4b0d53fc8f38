"""Read and write the index of a bundle."""

from __future__ import annotations

from pathlib import Path

from sygaldry.bundle.index import FILE, LARGEST_BYTES, Index, parse_index
from sygaldry.host import files
from sygaldry.model.errors import NotFoundError


def load_index(folder: Path) -> Index:
    """Return the index of a bundle. Raises NotFoundError, StorageError or BundleError."""
    path = folder / FILE
    text = files.read_if_there(path, LARGEST_BYTES, follow_links=False)
    if text is None:
        raise NotFoundError(f"{folder} is no bundle: there is no {path}", hint="make one: sygaldry bundle create DIR")
    return parse_index(text, str(path))
