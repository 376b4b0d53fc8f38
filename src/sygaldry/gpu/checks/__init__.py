"""The catalogue of GPU problems: one file per problem, with its signature, its fix and its consequences.

To add a check, write `gpu/checks/NAME.py` that exports `CHECK: Final = Check(...)`, a fixture in `tests/data/gpu`
with its line in `expected.toml`, and run `sygaldry gpu fixes --write`. Texts that point to it go into the room
`signatures`. A judge returns None when all is well and Evidence when not; it raises CouldNotCheckError for missing
evidence (`known` does that for it).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import cast

from sygaldry import discovery
from sygaldry.gpu import checks
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.severity import Severity

__all__ = ["Check", "Evidence", "Reboot", "Severity", "Step", "by_hand", "every", "root", "user"]


class Reboot(StrEnum):
    """Whether the fix needs one."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


@dataclass(frozen=True)
class Step:
    """One step of a fix: a command, or with `by_hand` an instruction for a person."""

    text: str
    root: bool = False
    by_hand: bool = False

    @property
    def command(self) -> str:
        return f"sudo {self.text}" if self.root else self.text


@dataclass(frozen=True)
class Evidence:
    """What shows a problem; `steps` replace the usual fix where the evidence allows a better one."""

    text: str
    steps: tuple[Step, ...] = ()
    severity: Severity | None = None  # where the evidence makes it milder or graver than usual


@dataclass(frozen=True)
class Check:
    """One entry of the catalogue.

    `hides` are the ids (with `*`) of the problems that merely follow from it. The texts that point to an entry are in
    the room `signatures`.
    """

    id: str
    title: str
    severity: Severity
    why: str
    steps: tuple[Step, ...]
    source: str
    judge: Callable[[Facts], Evidence | None] | None = None
    reboot: Reboot = Reboot.NO
    hides: tuple[str, ...] = ()


def root(command: str) -> Step:
    """Write a step that needs root."""
    return Step(command, root=True)


def user(command: str) -> Step:
    """Write a step that the caller can do."""
    return Step(command)


def by_hand(text: str) -> Step:
    """Write a step that no command can do."""
    return Step(text, by_hand=True)


@cache
def every() -> tuple[Check, ...]:
    """Load the whole catalogue, sorted by id."""
    return tuple(cast("Check", each) for each in discovery.every(checks, "CHECK").values())
