"""Compare an installed package with what Spack recorded about it: its identity and its files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sygaldry.flows.env.environment import Store
from sygaldry.host import files
from sygaldry.model.errors import StorageError
from sygaldry.model.json_text import parse_json
from sygaldry.spack.database import SPEC_FILE, Installed
from sygaldry.spack.lock import Node
from sygaldry.spack.verify import Damage, RecordedFile, checksum, kind_of, parse_files

Compare = Callable[[Path, RecordedFile], str]

_FILES = ".spack/install_manifest.json"


@dataclass(frozen=True)
class PackageInspection:
    """What is wrong with a package; `is_moved` if it came from the cache of another store.

    The contents of a moved package cannot be compared, only the kinds of its files.
    """

    damages: tuple[Damage, ...]
    is_moved: bool = False


def inspect_package(store: Store, node: Node, installed: Installed, compare: Compare) -> PackageInspection:
    """Find what is wrong with a package; `compare` describes what is wrong with one file, empty if nothing is."""
    prefix = store.locate(installed.path)
    damage = partial(Damage, node.label)
    if problem := _unreadable(prefix):
        return PackageInspection((damage("not readable", installed.path, problem),))
    if not prefix.is_dir():
        gone = "Spack lists it as installed, but the prefix is gone"
        return PackageInspection((damage("missing prefix", installed.path, gone),))
    found = []
    if not _is_of(prefix, node):
        found.append(damage("wrong package", installed.path, f"its {SPEC_FILE} is not that of the lock"))
    try:
        recorded = parse_files(_text(prefix / _FILES))
    except ValueError:
        found.append(damage("no list of files", installed.path, f"its {_FILES} is damaged"))
        return PackageInspection(tuple(found))
    own = _recorded_prefix(recorded, node) or installed.path
    is_moved = own != installed.path
    for path, each in recorded.items():
        here = installed.path + path.removeprefix(own) if is_moved else path
        if detail := (kind_damage if is_moved else compare)(store.locate(here), each):
            found.append(damage("damaged file", here, detail))
    return PackageInspection(tuple(found), is_moved)


def _recorded_prefix(recorded: Mapping[str, RecordedFile], node: Node) -> str:
    """Return where the package was when Spack recorded its files: a cache keeps the record of another store.

    What Spack relocated on the way has another content, size or target, so that only kinds can be compared.
    """
    path = next(iter(recorded), "")
    above, found, _ = path.partition(f"/{node.directory}/")
    return f"{above}/{node.directory}" if found else ""


def kind_damage(path: Path, recorded: RecordedFile) -> str:
    """Describe what is wrong with the existence or the kind of a file."""
    return _kind(_status(path), recorded)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None


def _kind(status: os.stat_result | None, recorded: RecordedFile) -> str:
    if status is None:
        return "it is gone"
    found, expected = kind_of(status.st_mode), kind_of(recorded.mode)
    return "" if found == expected else f"it is a {found} and was a {expected}"


def content_damage(path: Path, recorded: RecordedFile) -> str:
    """Describe what is wrong with a file, its content included."""
    return metadata_damage(path, recorded) or _content(path, recorded)


def metadata_damage(path: Path, recorded: RecordedFile) -> str:
    """Describe what is wrong with a file without reading it: existence, kind, target, permissions and size."""
    status = _status(path)
    found = _kind(status, recorded)
    if found or status is None:
        return found
    if kind_of(status.st_mode) == "link":
        return "" if str(path.readlink()) == recorded.target else f"it points to {path.readlink()}"
    return _permissions(status.st_mode, recorded.mode) or _size(path, status.st_size, recorded)


def _is_of(prefix: Path, node: Node) -> bool:
    try:
        return node.hash in {each["hash"] for each in parse_json(_text(prefix / SPEC_FILE))["spec"]["nodes"]}
    except (ValueError, KeyError, TypeError):
        return False


def _text(path: Path) -> str:
    """Read one of Spack's notes; one that cannot be read counts as damaged."""
    try:
        return files.read_if_there(path) or ""
    except StorageError:
        return ""


def _unreadable(prefix: Path) -> str:
    """Explain why a prefix cannot be looked at; empty if it can, or is not there."""
    try:
        status = prefix.stat()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{prefix.parent} cannot be read ({error.strerror}); verify it as the owner of the store"
    if os.access(prefix, os.R_OK | os.X_OK):
        return ""
    return f"it belongs to user {status.st_uid}, and you are {os.geteuid()}; verify it as that user"


def _permissions(mode: int, recorded: int) -> str:
    if mode & 0o022 & ~recorded:
        return "others may write to it"
    return "it can no longer be read" if recorded & 0o444 & ~mode else ""


def _size(path: Path, size: int, recorded: RecordedFile) -> str:
    """Compare the size; Spack's own notes change after they were recorded."""
    if not recorded.checksum or recorded.size_bytes in (size, None) or ".spack" in path.parts:
        return ""
    return f"it has {size} bytes and had {recorded.size_bytes}"


def _content(path: Path, recorded: RecordedFile) -> str:
    """Compare the checksum, except of Spack's own notes."""
    if not recorded.checksum or ".spack" in path.parts:
        return ""
    try:
        return "" if checksum(path.read_bytes()) == recorded.checksum else "its content has changed"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
