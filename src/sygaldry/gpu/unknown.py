"""What is known, what is not, and what does not apply: absence of an answer is never an answer."""

from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

T = TypeVar("T")

# The reason of checks that concern the inside of a container: a text may still come from one on this machine.
OUTSIDE_CONTAINER: Final = "not in a container"


class CouldNotCheckError(Exception):
    """The evidence could not be had; the message says why."""


class NotApplicableError(Exception):
    """The question does not arise on this machine; the message says why."""


@dataclass(frozen=True)
class Unknown:
    """Stands where a value would be, with the reason why there is none."""

    reason: str


Known: TypeAlias = T | Unknown


def known(value: T | Unknown) -> T:
    """Return a value, or raise CouldNotCheckError if it is not known."""
    if isinstance(value, Unknown):
        raise CouldNotCheckError(value.reason)
    return value


def present(value: T | None, otherwise: str) -> T:
    """Return a value, or raise NotApplicableError if this machine has no such thing."""
    if value is None:
        raise NotApplicableError(otherwise)
    return value
