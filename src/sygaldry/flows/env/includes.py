"""Read the configuration files that a manifest includes, as far as they are files of the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sygaldry.host import files
from sygaldry.model.errors import LockError, StorageError
from sygaldry.spack.manifest import LARGEST_BYTES, Included, merge
from sygaldry.spack.yaml_reader import load_yaml

_DEEPEST = 5
_MOST_FILES = 200  # a folder of files that each include the folder must not be read for ever


def read_includes(content: Mapping[str, Any], folder: Path, library: str) -> Included:
    """Merge the included files; those listed first win. Spack's own paths, addresses and conditions stay unread.

    Raises LockError for what is no configuration or includes too much, StorageError for what cannot be read.
    """
    return _read(content, folder, _Parts(library), 0)


@dataclass
class _Parts:
    """Reads configuration files; `library` is Spack's, `count` how many were read."""

    library: str
    count: int = 0

    def read(self, path: Path) -> tuple[str, Mapping[str, Any]]:
        self.count += 1
        if self.count > _MOST_FILES:
            raise LockError(f"{path} is one of more than {_MOST_FILES} included files", hint="does one include itself?")
        return _part(path, self.library)


def _read(content: Mapping[str, Any], folder: Path, parts: _Parts, depth: int) -> Included:
    entries = content.get("include") or []
    if not isinstance(entries, list):
        raise LockError(f"'include' in {folder} is not a list", hint="one path per line")
    found: list[Included] = []
    for entry in entries:
        path = _local_path(entry, folder)
        if path is None or depth > _DEEPEST:
            found.append(Included(unread=(entry,)))
            continue
        found.append(_joined([_file(file, parts, depth) for file in _files(path)]))
    content = _joined(found[::-1]).content  # the first of a list wins, and the last file of a folder
    return replace(_joined(found), content=content)


def _joined(included: list[Included]) -> Included:
    """Join what was read; the last has the greatest weight."""
    content: dict[str, Any] = {}
    for each in included:
        content = merge(content, each.content)
    unread = tuple(entry for each in included for entry in each.unread)
    return Included(content, unread, tuple(text for each in included for text in each.texts))


def _file(path: Path, parts: _Parts, depth: int) -> Included:
    """Read one file with what it includes itself, which has less weight."""
    text, part = parts.read(path)
    below = _read(part, path.parent, parts, depth + 1)
    own = {key: each for key, each in part.items() if key != "include"}
    return Included(merge(below.content, own), below.unread, (text, *below.texts))


def _local_path(entry: Any, folder: Path) -> Path | None:  # noqa: ANN401 - YAML of any shape
    """Find the file or folder of an entry; None where only Spack can: conditions, addresses, variables."""
    if isinstance(entry, dict):
        if "git" in entry or "when" in entry:
            return None
        entry = entry.get("path", "")
    text = str(entry)
    if text.startswith("$env/"):
        text = text.removeprefix("$env/")
    if not text or text.startswith(("$", "~")) or "$" in text or "://" in text:
        return None
    path = folder / text
    return path if path.exists() else None


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def _part(path: Path, library: str) -> tuple[str, Mapping[str, Any]]:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            raise LockError(f"{path} is not a configuration file", hint="see `include:` in the manifest")
        text = files.read_if_there(path) or ""
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}", hint=f"see its owner: ls -l {path}") from error
    part = load_yaml(text, str(path), library)
    if part is None:
        return text, {}
    if not isinstance(part, dict):
        raise LockError(f"{path} is not a table of configuration", hint="see `include:` in the manifest")
    return text, part
