"""Read advisories in the OSV format, and find the pins that they affect: https://ossf.github.io/osv-schema/."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sygaldry.advisories.ordering import key_for

_NAME_SEPARATORS: Final = re.compile(r"[-_.]+")
_KINDS_OF_RANGES: Final = ("ECOSYSTEM", "SEMVER")
_LONGEST: Final = 120


@dataclass(frozen=True, order=True)
class Pin:
    """One pinned thing as advisories name it: an ecosystem such as PyPI or Debian:12, a name and a version."""

    ecosystem: str
    name: str
    version: str


@dataclass(frozen=True, order=True)
class Vulnerability:
    """An advisory that affects a pin; `fixed` is the version that no longer has the fault, if there is one."""

    pin: Pin
    identity: str
    summary: str
    fixed: str = ""


def vulnerabilities(advisories: Iterable[object], pins: Sequence[Pin]) -> tuple[Vulnerability, ...]:
    """Return what affects the pins, sorted. A withdrawn advisory affects nothing; what is no advisory is ignored."""
    by_name: dict[tuple[str, str], list[Pin]] = {}
    for pin in pins:
        by_name.setdefault((pin.ecosystem.partition(":")[0], _normalized(pin.ecosystem, pin.name)), []).append(pin)
    found = set()
    for each in advisories:
        if isinstance(each, dict) and isinstance(each.get("id"), str) and not each.get("withdrawn"):
            found |= set(_matches(each, by_name))
    return tuple(sorted(found))


def _matches(advisory: Mapping[str, Any], by_name: Mapping[tuple[str, str], list[Pin]]) -> Iterator[Vulnerability]:
    summary = advisory.get("summary") or advisory.get("details") or ""
    text = " ".join(str(summary).split())[:_LONGEST]
    for affected in _tables(advisory.get("affected")):
        package = affected.get("package")
        if not isinstance(package, dict):
            continue
        ecosystem, name = str(package.get("ecosystem", "")), str(package.get("name", ""))
        for pin in by_name.get((ecosystem.partition(":")[0], _normalized(ecosystem, name)), ()):
            if _same_release(ecosystem, pin.ecosystem) and _affects(affected, pin):
                yield Vulnerability(pin, str(advisory["id"])[:_LONGEST], text, _fixed(affected, pin))


def _same_release(one: str, other: str) -> bool:
    """Whether two ecosystems are the same; `Debian` alone stands for every release of it."""
    return one == other or ":" not in one or ":" not in other


def _affects(affected: Mapping[str, Any], pin: Pin) -> bool:
    versions = affected.get("versions")
    if isinstance(versions, list) and pin.version in versions:
        return True
    return any(_in_range(each, pin) for each in _ranges(affected))


def _in_range(ranged: Mapping[str, Any], pin: Pin) -> bool:
    """Apply the events of a range, oldest first. A version that cannot be compared counts as affected."""
    key = key_for(pin.ecosystem)
    try:
        version = key(pin.version)
        events = sorted((_boundary(key, name, text), name) for name, text in _events(ranged))
        is_affected = False
        for (is_later, boundary), name in events:
            if is_later and version < boundary:
                break
            # The boundary is reached: a fix ends the range, and so does the last affected version for every later one.
            is_affected = name == "introduced" or (name == "last_affected" and is_affected and version == boundary)
    except (ValueError, TypeError):
        return True
    return is_affected


def _boundary(key: Any, name: str, text: str) -> tuple[bool, Any]:  # noqa: ANN401 - keys that only compare
    """Return a key that sorts the beginning of all versions, written 0, first."""
    return (False, ()) if name == "introduced" and text == "0" else (True, key(text))


def _fixed(affected: Mapping[str, Any], pin: Pin) -> str:
    """Return the oldest version after the pin that has the fix."""
    key = key_for(pin.ecosystem)
    try:
        fixes = [text for each in _ranges(affected) for name, text in _events(each) if name == "fixed"]
        return min((each for each in fixes if key(each) > key(pin.version)), key=key, default="")
    except (ValueError, TypeError):
        return ""


def _ranges(affected: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in _tables(affected.get("ranges")) if each.get("type") in _KINDS_OF_RANGES)


def _events(ranged: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for event in _tables(ranged.get("events")):
        for name in ("introduced", "fixed", "last_affected"):
            if isinstance(event.get(name), str):
                yield name, event[name]


def _tables(found: object) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))


def _normalized(ecosystem: str, name: str) -> str:
    """Normalize a name; PyPI's are equal whatever their case and separators."""
    return _NAME_SEPARATORS.sub("-", name).lower() if ecosystem == "PyPI" else name
