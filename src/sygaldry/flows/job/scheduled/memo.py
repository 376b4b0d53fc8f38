"""Parse a file once for all runs that it concerns: an array of a thousand jobs has one record and one answer."""

import os
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from sygaldry.host import files

Value = TypeVar("Value")
_LARGEST_BYTES: Final = 64 << 20
_MOST_FILES: Final = 2000


class Memo(Generic[Value]):
    """What files say, by the identity of their content: these files are replaced, never rewritten."""

    def __init__(self, parse: Callable[[str], Value]) -> None:
        self._parse = parse
        self._known: dict[str, tuple[tuple[int, int, int], Value]] = {}

    def read(self, path: str) -> Value | None:
        """Return the parsed content, None if there is no such file. Raises StorageError, and what `parse` raises."""
        try:
            status = os.lstat(path)
        except OSError:
            return None
        identity = status.st_ino, status.st_mtime_ns, status.st_size
        known = self._known.get(path)
        if known and known[0] == identity:
            return known[1]
        text = files.read_if_there(path, _LARGEST_BYTES, follow_links=False)
        if text is None:
            return None
        if len(self._known) >= _MOST_FILES:
            self._known.clear()
        value = self._parse(text)
        self._known[path] = identity, value
        return value
