"""Snapshots of a mirror, which serve the same packages at any later time, and the release that a mirror served.

https://snapshot.debian.org/, https://snapshot.ubuntu.com/, https://wiki.debian.org/DebianRepository/Format
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sygaldry.model.errors import UsageError

PLACE: Final = "{snapshot}"  # in the address of a mirror, for the time of the snapshot
_TIME: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_DEBIAN: Final = f"http://snapshot.debian.org/archive/debian/{PLACE}"
_UBUNTU: Final = f"https://snapshot.ubuntu.com/ubuntu/{PLACE}"
_UBUNTU_SUITES: Final = frozenset({"focal", "jammy", "noble", "plucky", "questing"})
_FIELD: Final = re.compile(r"^(?P<name>Codename|Version|Date): *(?P<text>[^\n]{1,80})$", re.MULTILINE)


@dataclass(frozen=True)
class Release:
    """What the Release file of a suite says about itself."""

    codename: str
    version: str
    date: str

    @property
    def text(self) -> str:
        """The release in one line, for a label."""
        return ", ".join(each for each in (f"{self.codename} {self.version}".strip(), self.date) if each)


def mirror_at(mirror: str, suite: str, time: str) -> str:
    """Return the address of a mirror at a time; without a mirror the public snapshots. Raises UsageError."""
    if not time:
        if PLACE in mirror:
            raise UsageError(
                f"the mirror {mirror} needs a time for {PLACE}",
                hint="name one: sygaldry image base --snapshot 20261101T000000Z",
            )
        return mirror
    if not _TIME.fullmatch(time):
        raise UsageError(f"{time[:80]!r} is not the time of a snapshot", hint="write it as 20261101T000000Z")
    pattern = mirror or (_UBUNTU if suite in _UBUNTU_SUITES else _DEBIAN)
    if PLACE not in pattern:
        raise UsageError(
            f"the mirror {mirror} has no place for the time of a snapshot",
            hint=f"write {PLACE} where the time stands: --mirror 'http://MIRROR/archive/debian/{PLACE}'",
        )
    return pattern.replace(PLACE, time)


def time_in(address: str) -> str:
    """Return the time of the snapshot in the address of a mirror, or an empty string."""
    found = _TIME.search(address)
    return found[0] if found else ""


def parse_release(text: str) -> Release:
    """Read the head of a Release file; what it does not say stays empty."""
    facts = {found["name"]: found["text"].strip() for found in _FIELD.finditer(text[:20000])}
    return Release(facts.get("Codename", ""), facts.get("Version", ""), facts.get("Date", ""))
