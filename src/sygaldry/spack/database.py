"""Read Spack's database of a store (.spack-db/index.json): 44 ms for what `spack find` answers in 1.6 s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sygaldry.model.errors import LockError
from sygaldry.model.json_text import parse_json
from sygaldry.spack.lock import Lock

PATH = ".spack-db/index.json"
SPEC_FILE = ".spack/spec.json"  # in each prefix: the package that was installed there
PREFIX_LOCKS = ".spack-db/prefix_lock"
_OFFSET_BITS = 63  # Spack locks one byte of that file for each package: the first bits of its hash


@dataclass(frozen=True)
class Installed:
    """One package of a store. `path` is where it was installed, as seen inside the environment."""

    hash: str
    name: str
    version: str
    path: str
    seconds_since_epoch: float = 0.0
    in_buildcache: bool = False
    spec: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def parse_database(text: str, path: str) -> dict[str, Installed]:
    """Read what is installed, by hash; the index of a build cache has the same format. Raises LockError."""
    try:
        records = parse_json(text)["database"]["installs"]
        return {key: _installed(key, each) for key, each in records.items() if _is_there(each)}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise LockError(
            f"Spack's database {path} is damaged: {error}", hint="let Spack make it again: spack reindex"
        ) from error


def lock_offset(hash_: str) -> int:
    """Compute the byte that Spack 1.1 locks while it builds a package (spack/database.py, prefix locks)."""
    from base64 import b32decode

    bits = int.from_bytes(b32decode(hash_.upper())[:8], "big")
    return bits >> (64 - _OFFSET_BITS)


def installed_of(lock: Lock, database: Mapping[str, Installed]) -> frozenset[str]:
    """Name the packages of a lock that are installed; externals always are."""
    return frozenset(key for key, node in lock.nodes.items() if node.is_external or key in database)


def missing_of(lock: Lock, database: Mapping[str, Installed]) -> tuple[str, ...]:
    """Name the packages that running the environment needs and that are not installed."""
    from sygaldry.spack.graph import closure

    wanted = closure(lock, lock.roots.values(), to_run=True)
    return tuple(sorted(wanted - installed_of(lock, database), key=lambda key: lock.nodes[key].label))


def _is_there(record: Mapping[str, object]) -> bool:
    return bool(record.get("installed") or record.get("in_buildcache"))


def _installed(key: str, record: Mapping[str, object]) -> Installed:
    spec = record["spec"]
    if not isinstance(spec, dict):
        raise TypeError("a spec is not a table")
    path = str(record.get("path") or "")
    if "\0" in path:
        raise ValueError("a path contains a null character")
    time = record.get("installation_time") or 0.0
    return Installed(
        key,
        str(spec["name"]),
        str(spec["version"]),
        path,
        float(time) if isinstance(time, int | float) else 0.0,
        bool(record.get("in_buildcache")),
        spec,
    )
