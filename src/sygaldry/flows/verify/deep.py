"""Read contents byte by byte, with progress; an interrupted comparison goes on where it stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from sygaldry.host import files
from sygaldry.model.errors import StorageError
from sygaldry.model.progress_note import ProgressNote
from sygaldry.model.sizes import human

_PIECE_BYTES: Final = 2**20
_PERIOD_S: Final = 2.0
_LARGEST_JOURNAL: Final = 64 * 2**20


class Digest(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


class DeepReader:
    """Compares files with digests. The journal lists, as digests of their facts, the files that were right.

    It lies in a folder that no container sees. A file counts as read only while its inode, size and times of change
    are those of then; only the kernel sets the last one.
    """

    def __init__(self, journal: Path, report_progress: Callable[[str], None]) -> None:
        self._journal = journal
        self._report_progress = report_progress
        self._right = set((_text(journal)).split())
        self._bytes, self._skipped, self._reported = 0, 0, time.monotonic()

    def is_right(self, path: Path, expected: str, digest: Digest) -> bool:
        """Return whether a file has the expected digest, in hexadecimal digits. Raises OSError."""
        key = _key(path, expected)
        if key in self._right:
            self._skipped += 1
            return True
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
                self._bytes += len(piece)
                self._progress(path)
        if digest.hexdigest() != expected:
            return False
        self._right.add(key)
        self._append(key)
        return True

    def finish(self) -> None:
        """End a comparison that read everything: the next one starts anew."""
        self._journal.unlink(missing_ok=True)

    def _append(self, key: str) -> None:
        try:
            with self._journal.open("a", encoding="utf-8") as file:
                file.write(f"{key}\n")
        except OSError:  # a storage that cannot be written is compared nevertheless, and not resumed
            return

    def _progress(self, path: Path) -> None:
        now = time.monotonic()
        if now - self._reported >= _PERIOD_S:
            self._reported = now
            skipped = f", {self._skipped} files were read before" if self._skipped else ""
            self._report_progress(ProgressNote(f"read {human(self._bytes)}{skipped}: {path.name}", kept=True))


def _key(path: Path, expected: str) -> str:
    found = path.stat()
    facts = (os.fspath(path), found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, expected)
    return sha256(repr(facts).encode("utf-8", "surrogateescape")).hexdigest()


def _text(journal: Path) -> str:
    try:
        return files.read_if_there(journal, _LARGEST_JOURNAL, follow_links=False) or ""
    except StorageError:
        return ""
