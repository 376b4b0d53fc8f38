"""Find the files of a workspace that lock something: Spack environments and Python requirements."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sygaldry.host import files
from sygaldry.model.errors import StorageError

_DEEPEST: Final = 4
_MOST_FOLDERS: Final = 4000
_LARGEST_BYTES: Final = 8 * 2**20
_SKIPPED: Final = ("node_modules", "__pycache__", "build", "dist", "tests", "site-packages")
_HASH: Final = "--hash=sha256:"


@dataclass(frozen=True)
class ProjectFiles:
    """Paths relative to the workspace, sorted; `notes` say what was not searched."""

    environments: tuple[str, ...] = ()
    python_locks: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def find_project_files(workspace: str) -> ProjectFiles:
    """Search a workspace, a few levels deep; hidden folders, links and tests are left out."""
    environments: list[str] = []
    python_locks: list[str] = []
    for count, (folder, names) in enumerate(_folders(workspace, "", 0), 1):
        if count > _MOST_FOLDERS:
            note = f"only the first {_MOST_FOLDERS} folders of {workspace} were searched for locks"
            return ProjectFiles(tuple(sorted(environments)), tuple(sorted(python_locks)), (note,))
        prefix = f"{folder}/" if folder else ""
        if "spack.lock" in names:
            environments.append(folder or ".")
        python_locks += [f"{prefix}{name}" for name in names if _locks_python(f"{workspace}/{prefix}{name}", name)]
    return ProjectFiles(tuple(sorted(environments)), tuple(sorted(python_locks)))


def read_text(path: str) -> str:
    """Return the text of a file of the workspace. Raises StorageError, also if it is no regular file of its own."""
    text = files.read_if_there(path, _LARGEST_BYTES, follow_links=False)
    if text is None:
        raise StorageError(f"{path} is gone", hint="make the lock again: sygaldry lock")
    return text


def _folders(workspace: str, folder: str, depth: int) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder and the names of its regular files."""
    names, below = [], []
    try:
        with os.scandir(f"{workspace}/{folder}" if folder else workspace) as entries:
            for each in entries:
                if each.is_file(follow_symlinks=False):
                    names.append(each.name)
                elif each.is_dir(follow_symlinks=False) and not _is_skipped(each.name):
                    below.append(each.name)
    except OSError:  # a folder of somebody else
        return
    yield folder, sorted(names)
    if depth < _DEEPEST:
        for name in sorted(below):
            yield from _folders(workspace, f"{folder}/{name}" if folder else name, depth + 1)


def _is_skipped(name: str) -> bool:
    return name.startswith((".", "bazel-")) or name in _SKIPPED


def _locks_python(path: str, name: str) -> bool:
    if name == "uv.lock":
        return True
    if not name.endswith(".txt") or os.lstat(path).st_size > _LARGEST_BYTES:
        return False
    try:
        return _HASH in (files.read_if_there(path, _LARGEST_BYTES, follow_links=False) or "")
    except StorageError:
        return False
