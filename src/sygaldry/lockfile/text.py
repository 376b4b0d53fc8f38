"""Write a project's lock as TOML, and read it: https://toml.io/en/v1.0.0."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from sygaldry.lockfile.lock import KINDS, Entry, ProjectLock, sorted_lock
from sygaldry.model.errors import LockError

VERSION: Final = 1
LARGEST_BYTES: Final = 16 * 2**20
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_REPOSITORY: Final = re.compile(r'^\[huggingface\."([\w.:/-]{1,200})"\]$', re.MULTILINE | re.ASCII)
_HEAD: Final = "# What the environment is made of. Made by `sygaldry lock`; compare: sygaldry lock --check\n"


def format_lock(lock: ProjectLock) -> str:
    """Write a lock; equal locks give equal text."""
    body = "".join(_body(lock))
    head = f'version = {VERSION}\nsygaldry = {_string(lock.sygaldry)}\nchecksum = "{_checksum(lock.sygaldry, body)}"\n'
    return f"{_HEAD}{head}{body}"


def parse_lock(text: str, path: str) -> ProjectLock:
    """Read a lock. Raises LockError for one that is damaged, edited by hand, or of a newer version."""
    if len(text) > LARGEST_BYTES:
        raise LockError(f"{path} is larger than {LARGEST_BYTES} bytes", hint="is it the right file?")
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise LockError(f"{path} is not valid TOML: {error}", hint="make it again: sygaldry lock") from error
    version, sygaldry, checksum = (raw.pop(name, None) for name in ("version", "sygaldry", "checksum"))
    if version != VERSION:
        raise LockError(
            f"{path} has format {version!r}; this Sygaldry reads format {VERSION}",
            hint="update Sygaldry, or make the lock again: sygaldry lock",
        )
    lock = sorted_lock(str(sygaldry), _entries(raw, path))
    if checksum != _checksum(lock.sygaldry, "".join(_body(lock))):
        raise LockError(
            f"{path} does not match its own checksum: it was edited or merged by hand",
            hint="make it again: sygaldry lock",
        )
    return lock


def kept_repositories(text: str) -> frozenset[str]:
    """Return the models and datasets of a lock that cannot be read; a merge leaves the heads of its tables whole."""
    return frozenset(_REPOSITORY.findall(text))


def _body(lock: ProjectLock) -> Iterator[str]:
    for each in lock.entries:
        yield f"\n[{each.kind}.{_key(each.name)}]\n"
        yield from (f"{_key(name)} = {_string(value)}\n" for name, value in sorted(each.facts.items()))


def _entries(raw: dict[str, Any], path: str) -> Iterator[Entry]:
    for kind, table in raw.items():
        if kind not in KINDS or not isinstance(table, dict):
            raise LockError(f"{path} has an unknown section {kind!r:.80}", hint="make it again: sygaldry lock")
        for name, facts in table.items():
            if not isinstance(facts, dict) or not all(isinstance(each, str) for each in facts.values()):
                raise LockError(f"{kind}.{name!r:.80} in {path} is not a table of texts", hint="sygaldry lock")
            yield Entry(kind, name, facts)


def _checksum(sygaldry: str, body: str) -> str:
    return sha256(f"{VERSION}\n{sygaldry}\n{body}".encode("utf-8", "surrogatepass")).hexdigest()


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    """Quote a text; the escapes of JSON are TOML's, but for DEL, which TOML does not allow bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
