"""What an update proposes, as values: a pin before and after, what it costs, and the edits that would make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# Each part of an update, as its option is called, and what it asks.
PARTS: Final = {
    "base": "the base image in its registry, and Debian packages at the mirror",
    "toolchains": "the toolchains of the image at their publishers",
    "spack": "releases of Spack",
    "recipes": "releases of Spack's recipes",
    "wheels": "Python packages of uv.lock and of requirements with hashes",
    "models": "models and datasets that the lock keeps",
}


@dataclass(frozen=True)
class Edit:
    """One change of a file: `change` maps its text, empty if there is none, to the new one."""

    path: str
    change: Callable[[str], str]


@dataclass(frozen=True)
class Proposal:
    """One newer pin. `details` list what it consists of; `remade` is what has to be built or fetched again.

    `seconds` estimates that work from history; 0 is unknown. Without `edits` there is nothing that could be written
    here, and `next` says what to type instead.
    """

    part: str
    name: str
    old: str
    new: str
    details: tuple[str, ...] = ()
    remade: tuple[str, ...] = ()
    seconds: float = 0.0
    edits: tuple[Edit, ...] = ()
    next: str = ""


@dataclass(frozen=True)
class Answer:
    """What one part answered; `problem` is why it could not be asked as a whole."""

    part: str
    proposals: tuple[Proposal, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
