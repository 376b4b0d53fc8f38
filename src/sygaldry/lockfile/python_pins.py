"""Read which Python packages a lock pins: uv.lock, or requirements with hashes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from sygaldry.model.errors import LockError

_PINNED: Final = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*==\s*(?P<version>[\w.!+-]+)", re.MULTILINE)


def python_pins(text: str, path: str) -> tuple[tuple[str, str], ...]:
    """Return names and versions, sorted. Raises LockError for a uv.lock that cannot be read."""
    if path.rpartition("/")[2] != "uv.lock":
        return tuple(sorted({(each["name"], each["version"]) for each in _PINNED.finditer(text)}))
    return tuple(sorted({(str(each["name"]), str(each["version"])) for each in locked_packages(text, path)}))


def locked_packages(text: str, path: str) -> Iterator[dict[str, Any]]:
    """Yield the tables of a uv.lock that come from an index: not the project itself, nor folders."""
    try:
        listed = tomllib.loads(text).get("package", [])
    except (ValueError, RecursionError) as error:
        raise LockError(f"{path} is not a uv.lock: {error}", hint="make it again: uv lock") from error
    for each in listed if isinstance(listed, list) else ():
        source = each.get("source", {}) if isinstance(each, dict) else {}
        if "name" in each and "version" in each and "registry" in source:
            yield each


def pin_changes(old: str, new: str, path: str) -> tuple[tuple[str, str, str], ...]:
    """Return the name of each package that differs, with its versions before and after; empty is absent."""
    before, after = _by_name(python_pins(old, path)), _by_name(python_pins(new, path))
    names = sorted(before.keys() | after.keys())
    rows = ((name, before.get(name, ""), after.get(name, "")) for name in names)
    return tuple(row for row in rows if row[1] != row[2])


def _by_name(pins: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, version in pins:
        found.setdefault(name, []).append(version)
    return {name: " ".join(versions) for name, versions in found.items()}
