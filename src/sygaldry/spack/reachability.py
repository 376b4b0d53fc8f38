"""Which packages are under each package, as the bits of an integer: ten thousand packages in a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sygaldry.spack.graph import order
from sygaldry.spack.lock import Lock


@dataclass(frozen=True)
class Below:
    """For each package the packages under it, itself left out; `bit` is where each package is in those integers."""

    bit: Mapping[str, int]
    under: Mapping[str, int]

    def count(self, key: str) -> int:
        return self.under[key].bit_count()


def below(lock: Lock, *, to_run: bool = False) -> Below:
    """Compute what is under every package; `to_run` leaves out what is only for building."""
    ordered = order(lock)
    bit = {key: 1 << number for number, key in enumerate(ordered)}
    under: dict[str, int] = {}
    for key in ordered:  # each after everything that it needs
        bits = 0
        for edge in lock.nodes[key].edges:
            if edge.is_needed_to_run or not to_run:
                bits |= bit[edge.hash] | under[edge.hash]
        under[key] = bits
    return Below(bit, under)
