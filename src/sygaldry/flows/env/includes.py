"""Read the configuration files that a manifest includes, as far as they are files of the caller's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sygaldry.host import files
from sygaldry.model.errors import LockError, StorageError
from sygaldry.spack.manifest import LARGEST_BYTES, Included, merge
from sygaldry.spack.yaml_reader import load_yaml

_DEEPEST = 5


def read_includes(content: Mapping[str, Any], folder: Path, library: str, depth: int = 0) -> Included:
    """Merge the included files; those listed first win. Spack's own paths, addresses and conditions stay unread."""
    entries = content.get("include") or []
    if not isinstance(entries, list):
        raise LockError(f"'include' in {folder} is not a list", hint="one path per line")
    found: dict[str, Any] = {}
    unread: list[Any] = []
    for entry in reversed(entries):
        path = _local_path(entry, folder)
        if path is None or depth > _DEEPEST:
            unread.append(entry)
            continue
        for file in _files(path):
            part = _part(file, library)
            nested = read_includes(part, file.parent, library, depth + 1)
            unread += nested.unread
            found = merge(found, merge(nested.content, {key: each for key, each in part.items() if key != "include"}))
    return Included(found, tuple(reversed(unread)))


def include_texts(content: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Yield the text of each included file, for a digest of everything that a manifest says."""
    entries = content.get("include") or ()
    for entry in entries if isinstance(entries, list) else ():
        if path := _local_path(entry, folder):
            for file in _files(path):
                yield files.read_if_there(file) or ""


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


def _part(path: Path, library: str) -> Mapping[str, Any]:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            raise LockError(f"{path} is not a configuration file", hint="see `include:` in the manifest")
        text = files.read_if_there(path) or ""
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}", hint=f"see its owner: ls -l {path}") from error
    part = load_yaml(text, str(path), library)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise LockError(f"{path} is not a table of configuration", hint="see `include:` in the manifest")
    return part
