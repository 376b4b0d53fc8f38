"""The dated table of what NVIDIA's drivers and toolkits run, read from compatibility.toml beside this file."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

Version: TypeAlias = tuple[int, ...]
Capability: TypeAlias = tuple[int, int]
FILE: Final = Path(__file__).with_name("compatibility.toml")


@dataclass(frozen=True)
class Compatibility:
    """The table as values; the file explains each part."""

    dated: date
    valid_days: int
    branches: dict[int, Version]
    long_term: tuple[int, ...]
    first_driver: dict[int, Version]
    lowest: dict[int, Capability]
    dropped: tuple[tuple[int, Capability], ...]  # from this branch on, GPUs below this are unknown
    forward: dict[Version, frozenset[int]]
    forward_brands: frozenset[int]
    tegra_release: int
    tegra_cuda: Version
    examples: dict[Capability, str]

    @property
    def last_branch(self) -> int:
        return max(self.branches)

    def expired(self, today: date) -> bool:
        """Whether the table is older than it promises to be right."""
        age: int = (today - self.dated).days
        return age > self.valid_days

    def oldest_branch_with(self, cuda: Version) -> int | None:
        """Return the first branch that brings this CUDA; None above the table."""
        return min((branch for branch, brought in self.branches.items() if brought >= cuda), default=None)

    def last_branch_for(self, capability: Capability) -> int | None:
        """Return the branch after which drivers no longer know a GPU; None if all do."""
        firsts = [branch for branch, below in self.dropped if capability < below]
        return max((each for each in self.branches if each < min(firsts)), default=None) if firsts else None


@cache
def table() -> Compatibility:
    """Read the table once."""
    raw = tomllib.loads(FILE.read_text("utf-8"))
    return Compatibility(
        dated=raw["date"],
        valid_days=raw["valid_days"],
        branches={int(branch): _version(cuda) for branch, cuda in raw["branches"].items()},
        long_term=tuple(raw["support"]["long_term"]),
        first_driver={int(major): _version(each["first_driver"]) for major, each in raw["toolkits"].items()},
        lowest={int(major): _capability(each["lowest"]) for major, each in raw["toolkits"].items()},
        dropped=tuple((each["branch"], _capability(each["below"])) for each in raw["dropped"]),
        forward={_version(cuda): frozenset(branches) for cuda, branches in raw["forward"].items()},
        forward_brands=frozenset(raw["forward_brands"]["numbers"]),
        tegra_release=raw["tegra"]["first_release"],
        tegra_cuda=_version(raw["tegra"]["first_cuda"]),
        examples={_capability(each): name for each, name in raw["examples"].items()},
    )


def _version(text: str) -> Version:
    return tuple(int(part) for part in text.split("."))


def _capability(text: str) -> Capability:
    major, minor = text.split(".")
    return int(major), int(minor)
