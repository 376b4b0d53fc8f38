"""Failed parts whose output is interleaved with that of others: targets of make, tasks of a Slurm step."""

import re
from collections.abc import Iterable
from typing import Final

_MOST: Final = 40
_LOOKED: Final = 600  # characters of a line


class Targets:
    """The failed parts by their names, each with the pattern of the lines that are about it."""

    def __init__(self, parts: Iterable[tuple[str, str]]) -> None:
        self._shapes = {name: re.compile(subject) for name, subject in list(dict(parts).items())[:_MOST]}

    def __bool__(self) -> bool:
        return bool(self._shapes)

    def named(self, text: str) -> str:
        """Return the failed part that a line is about, or nothing."""
        return next((name for name, shape in self._shapes.items() if shape.search(text[:_LOOKED])), "")
