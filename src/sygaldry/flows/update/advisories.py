"""Read a file, an archive or a folder of advisories in the OSV format, as https://osv.dev offers for download."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sygaldry.model.errors import NotFoundError, StorageError
from sygaldry.model.json_text import parse_json

_LARGEST_BYTES: Final = 64 * 2**20  # of one file
_MOST_BYTES: Final = 2 * 2**30  # of all
_MOST_FILES: Final = 500_000


def read_advisories(path: Path) -> Iterator[object]:
    """Yield each advisory: of a JSON file with one or a list, of JSON lines, of a zip archive, or of a folder.

    Raises NotFoundError or StorageError.
    """
    if not path.exists():
        raise NotFoundError(f"there is no {path}", hint="download one: https://osv.dev, all.zip of an ecosystem")
    total = 0
    for count, (name, text) in enumerate(_texts(path)):
        total += len(text)
        if count > _MOST_FILES or total > _MOST_BYTES:
            raise StorageError(f"{path} holds more than {_MOST_FILES} advisories or {_MOST_BYTES} bytes")
        yield from _parsed(text, name)


def _texts(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        if path.is_dir():
            for each in sorted(path.rglob("*.json*")):
                if each.is_file() and each.stat().st_size <= _LARGEST_BYTES:
                    yield str(each), each.read_bytes()
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if member.filename.endswith(".json") and member.file_size <= _LARGEST_BYTES:
                        yield f"{path}/{member.filename}", archive.read(member)
        elif path.stat().st_size > _MOST_BYTES:
            raise StorageError(f"{path} is larger than {_MOST_BYTES} bytes", hint="is it the right file?")
        else:
            yield str(path), path.read_bytes()
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise StorageError(f"cannot read {path}: {error}", hint="download it again") from error


def _parsed(text: bytes, name: str) -> Iterator[object]:
    try:
        if name.endswith(".jsonl"):
            yield from (parse_json(line) for line in text.splitlines() if line.strip())
            return
        found = parse_json(text)
    except ValueError as error:
        raise StorageError(f"{name} is not an advisory: {error}", hint="is it in the OSV format?") from error
    yield from found if isinstance(found, list) else [found]
