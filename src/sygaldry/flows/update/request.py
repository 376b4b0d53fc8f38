"""What was asked of an update: its parts, and other addresses than the publishers'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sygaldry import discovery, releases
from sygaldry.config.kinds import is_address
from sygaldry.config.resolve import Resolved
from sygaldry.flows.update.proposal import PARTS
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.model.errors import UsageError


@dataclass(frozen=True)
class UpdateRequest:
    """`sources` maps the name of a publisher to the address that is asked instead, such as a mirror's."""

    parts: tuple[str, ...] = tuple(PARTS)
    sources: Mapping[str, str] = field(default_factory=dict)
    advisories: Path | None = None
    apply: bool = False


def source_names() -> tuple[str, ...]:
    """List the names that --source takes."""
    return (*discovery.names(releases), "debian", "huggingface", "pypi")


def parse_sources(words: list[str]) -> dict[str, str]:
    """Read the values of --source. Raises UsageError."""
    found = {}
    for word in words:
        name, _, address = word.partition("=")
        if name not in source_names():
            raise UsageError(f"--source knows no {name!r:.80}", hint=f"there are: {', '.join(source_names())}")
        if not is_address(address):
            raise UsageError(
                f"--source {name} needs an http or https address", hint=f"as in --source {name}=https://..."
            )
        found[name] = address.rstrip("/")
    return found


@dataclass(frozen=True)
class LockedProject:
    """The project that is updated: its settings, its folder, and its lock."""

    resolved: Resolved
    workspace: str
    lock: ProjectLock
