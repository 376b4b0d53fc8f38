"""Compare installed Python packages with their own records.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file
"""

from __future__ import annotations

import base64
import csv
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from sygaldry.flows.verify.deep import DeepReader
from sygaldry.flows.verify.finding import DIFFERS, EQUAL, Finding, unreadable
from sygaldry.host import files
from sygaldry.model.errors import StorageError
from sygaldry.model.storage import Storage

_LARGEST_RECORD_BYTES: Final = 64 * 2**20
_LARGEST_WRAPPER: Final = 4096
_MOST_DETAILS: Final = 20
_AUTHOR = "code that ran inside, or you"


def verify_python_environments(storage: Storage, deep: DeepReader | None) -> Iterator[Finding]:
    """Yield one finding for each environment that uv-install made; with a reader every byte is read."""
    folder = Path(storage.at("bazel_cache", "venvs"))
    try:
        venvs = _children(folder)
    except OSError as error:
        yield unreadable("python", str(folder), error)
        return
    for venv in venvs:
        try:
            records = _records(venv)
        except OSError as error:
            yield unreadable("python", venv.name, error)
            continue
        if not records:
            continue
        problems = [problem for record in records for problem in record_problems(record, venv, deep)]
        what = f"{len(records)} packages"
        if problems:
            shown = problems[:_MOST_DETAILS]
            if len(problems) > _MOST_DETAILS:
                shown.append(f"... and {len(problems) - _MOST_DETAILS} more")
            summary = f"{len(problems)} files of {what} differ from their records"
            remedy = f"make it again: rm -r {venv}, then uv-install"
            yield Finding("python", venv.name, DIFFERS, summary, tuple(shown), remedy, _AUTHOR)
        else:
            how = "byte by byte" if deep else "in size; every byte with --deep"
            yield Finding("python", venv.name, EQUAL, f"{what} match their records, {how}")


def _records(venv: Path) -> list[Path]:
    """Return the record of each package of a virtual environment. Raises OSError where it cannot be read."""
    if venv.is_symlink():
        return []
    libraries = (each for each in _children(venv / "lib") if each.name.startswith("python"))
    packages = (each for library in libraries for each in _children(library / "site-packages"))
    return [each / "RECORD" for each in packages if each.name.endswith(".dist-info")]


def _children(folder: Path) -> list[Path]:
    """Return what is in a folder, nothing without one. Raises OSError where Path.glob would find nothing."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def record_problems(record: Path, folder: Path, deep: DeepReader | None, *, programs: bool = True) -> Iterator[str]:
    """Yield what differs from one RECORD; a path out of the folder is itself a problem.

    Without `programs` small ones are left out: their first line names the folder in which pip made them.
    """
    root = folder.resolve()
    try:
        text = files.read_if_there(str(record), _LARGEST_RECORD_BYTES, follow_links=False) or ""
    except StorageError as error:
        yield error.problem
        return
    for row in csv.reader(text.splitlines()):
        if len(row) != 3 or not row[1]:  # RECORD itself, and compiled files, have no digest
            continue
        if not programs and row[0].startswith("../") and row[2].isdecimal() and int(row[2]) < _LARGEST_WRAPPER:
            continue
        path = Path(os.path.normpath(record.parent.parent / _placed(row[0])))
        if not path.is_relative_to(root):
            yield f"{row[0]} leads out of {root}"
        elif problem := _file_problem(path, row[1], row[2], deep):
            yield f"{path.relative_to(root)} {problem}"


def _placed(path: str) -> str:
    """Return where a file of a wheel lies that was unpacked as it is, as the installer of a bundle does."""
    head, _, rest = path.partition("/")
    kind, _, name = rest.partition("/")
    if not head.endswith(".data") or not name:
        return path
    return name if kind in ("purelib", "platlib") else f"bin/{name}"


def _file_problem(path: Path, digest: str, size: str, deep: DeepReader | None) -> str:
    try:
        if size.isdecimal() and path.stat().st_size != int(size):
            return f"has {path.stat().st_size} bytes, not {size}"
        if deep is None or not digest.startswith("sha256="):
            return ""
        encoded = digest.removeprefix("sha256=")
        expected = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).hex()
        return "" if deep.is_right(path, expected, sha256()) else "has another content"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except ValueError:
        return f"has no valid digest in its record: {digest:.60}"
