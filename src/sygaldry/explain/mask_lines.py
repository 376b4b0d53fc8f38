"""The lines of a log's end that report no failure: passing tests, probes, echoed commands."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate, chain
from typing import Final, NamedTuple, cast

from sygaldry.discovery import every
from sygaldry.explain import masks
from sygaldry.explain.masks import Mask
from sygaldry.explain.near import NearLine
from sygaldry.explain.text import unlabelled

_LONGEST: Final = 2_000  # lines of one masked block; a longer one is more likely a missing end
_MATCHED: Final = 600


class _Compiled(NamedTuple):
    passes: re.Pattern[str]
    opens: re.Pattern[str] | None
    fails: re.Pattern[str] | None
    encloses: bool
    above: re.Pattern[str] | None
    proof: re.Pattern[str] | None
    holds: re.Pattern[str] | None


@cache
def literals() -> tuple[tuple[bytes, str], ...]:
    """Return each literal with the name of the mask that it selects."""
    return tuple((word, name) for name, mask in _masks().items() for word in mask.literals)


@cache
def _masks() -> Mapping[str, Mask]:
    return {name: cast("Mask", mask) for name, mask in every(masks, "MASK").items()}


@cache
def _compiled(name: str) -> _Compiled:
    mask = _masks()[name]
    opens, fails, above, proof, holds = (
        re.compile(pattern) if pattern else None
        for pattern in (mask.opens, mask.fails, mask.above, mask.proof, mask.holds)
    )
    return _Compiled(re.compile(mask.passes), opens, fails, mask.encloses, above, proof, holds)


class Masked:
    """Masked line numbers: single lines, and blocks as their first and last line."""

    def __init__(self, lines: Iterable[int], blocks: Iterable[tuple[int, int]]) -> None:
        self._lines = frozenset(lines)
        self._ends = dict[int, int]()
        for first, last in blocks:
            self._ends[first] = max(last, self._ends.get(first, 0))
        self._firsts = sorted(self._ends)
        self._reach = list(accumulate((self._ends[first] for first in self._firsts), max))

    def __contains__(self, number: int) -> bool:
        """Return whether a line is masked."""
        at = bisect_left(self._firsts, number)
        return number in self._lines or (at > 0 and number < self._reach[at - 1])


def mask_lines(lines: Sequence[NearLine]) -> Masked:
    """Find the masked lines among those that hold a literal of a mask."""
    found: dict[str, _Found] = {}
    for line in lines:
        text = unlabelled(line.text)[:_MATCHED] if line.masks else ""
        for name in line.masks:
            found.setdefault(name, _Found(_compiled(name))).read(line.number, text)
    single = chain.from_iterable(each.single for each in found.values())
    return Masked(single, chain.from_iterable(each.blocks for each in found.values() if each.proved))


class _Found:
    """What one mask finds, line by line: single lines, and blocks as their first and last line."""

    def __init__(self, mask: _Compiled) -> None:
        self._mask = mask
        self._opened = self._held = 0
        self.proved = mask.proof is None
        self.single: set[int] = set()
        self.blocks: list[tuple[int, int]] = []

    def read(self, number: int, text: str) -> None:
        """Read a line that holds a literal of the mask."""
        mask = self._mask
        fails = bool(mask.fails and mask.fails.search(text))
        if mask.proof and mask.proof.search(text):
            self.proved = True
        if mask.holds and mask.holds.search(text):
            self._held = number
        if fails:
            self._opened = 0
        if mask.above and mask.above.search(text):
            self.single.update((number - 1, number))
        if mask.passes.search(text):
            self._passed(number)
        if mask.opens and mask.opens.search(text):
            self._opened = number
            if not fails:
                self.single.add(number)

    def _passed(self, number: int) -> None:
        self.single.add(number)
        held = self._mask.holds is None or self._held >= self._opened
        if self._opened and held and 1 < number - self._opened < _LONGEST:
            self.blocks.append((self._opened, number))
        self._opened = number if self._mask.encloses else 0
