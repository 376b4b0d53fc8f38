"""Read every format of spack.lock that Spack 1.1 reads: one shape for all of them.

Formats 1 and 2 nest each package under its name, formats 2 and 3 file packages under a build hash that differs from the
hash in the store, and formats below 5 name no virtual packages. https://spack.readthedocs.io/en/v1.1.0/environments.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

NEWEST: Final = 6  # what Spack 1.0 and 1.1 write
FORMATS: Final = range(1, NEWEST + 1)
KEYED_BY_HASH: Final = 4  # the first format that files packages under their hash in the store

_HASH_KEYS: Final = ("hash", "full_hash", "build_hash")


@dataclass(frozen=True)
class Dependency:
    """An edge of any format; `key` is where the lock files the dependency."""

    key: str
    name: str
    types: tuple[str, ...]
    virtuals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A package of any format: its name, its hash in the store, its fields and its edges."""

    name: str
    hash: str
    fields: Mapping[str, Any]
    dependencies: tuple[Dependency, ...]


def entries(raw: Mapping[str, Any]) -> dict[str, Entry]:
    """Read the packages of a lock by the key under which the lock files them; raises for what is malformed."""
    specs = raw["concrete_specs"]
    found = {str(key): _entry(str(key), value, specs) for key, value in specs.items()}
    for included in raw.get("include_concrete", {}).values():  # environments that this one includes
        found = entries({**included, "concrete_specs": included.get("concrete_specs", {})}) | found
    return found


def roots(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List what was requested with the key of its package, the roots of included environments last."""
    for root in raw["roots"]:
        yield str(root["spec"]), str(root["hash"])
    for included in raw.get("include_concrete", {}).values():
        yield from roots(included)


def store_hashes(found: Mapping[str, Entry], start: list[str]) -> dict[str, str]:
    """Map the key of every reachable package to its hash in the store.

    Formats 2 and 3 may hold packages that differ only in their build dependencies and share one hash in the store.
    Spack installs the first one that it meets on its way down from the roots, and so do we.
    """
    hashes: dict[str, str] = {}
    left = list(reversed(start))
    while left:
        key = left.pop()
        if key in hashes or key not in found:
            continue
        hashes[key] = found[key].hash
        left += [each.key for each in reversed(found[key].dependencies)]
    return hashes


def _entry(key: str, value: Mapping[str, Any], specs: Mapping[str, Any]) -> Entry:
    name, fields = _name_and_fields(value)
    own_hash = str(fields.get("hash") or key)  # format 1 has it only as the key
    return Entry(name, own_hash, fields, tuple(_dependencies(fields.get("dependencies") or (), specs)))


def _name_and_fields(value: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if "name" in value and "version" in value:
        return str(value["name"]), value
    (name,) = value
    return str(name), {"name": str(name), **value[name]}


def _dependencies(value: Any, specs: Mapping[str, Any]) -> Iterator[Dependency]:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, Mapping):
        value = [{"name": name, **each} for name, each in value.items()]
    for each in value:
        parameters = each.get("parameters") or {}
        types = parameters.get("deptypes", each.get("type", ()))
        yield Dependency(
            _key_of(each, specs), str(each["name"]), tuple(map(str, types)), tuple(parameters.get("virtuals", ()))
        )


def _key_of(each: Mapping[str, Any], specs: Mapping[str, Any]) -> str:
    """Choose the hash under which the dependency is filed: a format may write several."""
    hashes = [str(each[name]) for name in _HASH_KEYS if name in each]
    return next((found for found in hashes if found in specs), hashes[0])
