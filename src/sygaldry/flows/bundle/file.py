"""Read the index of a bundle and its contents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from sygaldry.bundle.index import FILE, LARGEST_BYTES, BundledFile, Index, parse_index, part_names
from sygaldry.host import contents, files
from sygaldry.model.errors import NotFoundError


def load_index(folder: Path) -> Index:
    """Return the index of a bundle. Raises NotFoundError, StorageError or BundleError."""
    path = folder / FILE
    text = files.read_if_there(path, LARGEST_BYTES, follow_links=False)
    if text is None:
        raise NotFoundError(f"{folder} is no bundle: there is no {path}", hint="make one: sygaldry bundle create DIR")
    return parse_index(text, str(path))


@dataclass(frozen=True)
class BundleReader:
    """Read the contents of a bundle, from itself or from the older one that it builds on."""

    folder: Path
    older: Path | None
    index: Index

    @cached_property
    def _older_part_bytes(self) -> int:
        return load_index(self.older).part_bytes if self.older else 0

    def copy(self, file: BundledFile, target: BinaryIO) -> None:
        """Copy the content of a file. Raises BundleError or StorageError."""
        folder, part_bytes = self.folder, self.index.part_bytes
        if self.older and not (folder / part_names(file.sha256, file.size, part_bytes)[0]).exists():
            folder, part_bytes = self.older, self._older_part_bytes
        contents.copy(folder, file.sha256, file.size, part_bytes, target)

    def read(self, file: BundledFile) -> bytes:
        """Return the content of a small file. Raises BundleError or StorageError."""
        target = BytesIO()
        self.copy(file, target)
        return target.getvalue()
