"""What differs between two images, layer by layer and file by file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import zip_longest
from time import gmtime, strftime
from typing import Final

from benchmarks.saved_image import Entry, Layer, SavedImage

_DIGITS: Final = 12
_ABSENT: Final = Layer("", "", {})


@dataclass(frozen=True)
class LayerDifference:
    """A layer whose digests differ: its number from 0, its step, and the differences of its entries."""

    number: int
    step: str
    entries: tuple[str, ...]
    same_order: bool

    def lines(self, most: int) -> Iterator[str]:
        """Format the difference, with at most so many entries."""
        yield f"layer {self.number}: {len(self.entries)} entries differ ({self.step.strip()[-100:] or 'no history'})"
        yield from (f"  {each}" for each in self.entries[:most])
        if len(self.entries) > most:
            yield f"  … {len(self.entries) - most} more"
        if not self.entries:
            yield "  only the encoding differs" if self.same_order else "  only the order of the entries differs"


def differences(one: SavedImage, other: SavedImage) -> tuple[LayerDifference, ...]:
    """Compare two images; an empty result means that all layers have equal digests."""
    pairs = zip_longest(one.layers, other.layers, fillvalue=_ABSENT)
    return tuple(
        LayerDifference(
            number,
            before.step or after.step,
            tuple(_entries(before.entries, after.entries)),
            list(before.entries) == list(after.entries),
        )
        for number, (before, after) in enumerate(pairs)
        if before.digest != after.digest
    )


def _entries(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if one is None:
            yield f"{name}: only in the second"
        elif other is None:
            yield f"{name}: only in the first"
        elif one != other:
            yield f"{name}: {', '.join(_parts(one, other))}"


def _parts(one: Entry, other: Entry) -> Iterator[str]:
    for each in fields(Entry):
        first, second = getattr(one, each.name), getattr(other, each.name)
        if first != second:
            yield f"{each.name} {_shown(each.name, first)} -> {_shown(each.name, second)}"


def _shown(name: str, value: object) -> str:
    if name == "mode" and isinstance(value, int):
        return f"{value:04o}"
    if name == "mtime" and isinstance(value, int | float):
        return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(value))
    return str(value)[:_DIGITS] if name == "digest" else str(value)
