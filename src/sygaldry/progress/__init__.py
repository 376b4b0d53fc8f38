"""One tool's output a file: newest lines -> progress or nothing.

To add a parser, write `progress/NAME.py` that exports `PARSER: Final = Parser(title, rank, read)`, and put a
recorded log and what is to be read from it into `tests/data/progress/NAME.log` and `NAME.json`. Nothing else is
edited.

For whoever watches a job: `read(newest)` takes the last bytes of the raw log (`NEWEST` of them are enough) and
asks every parser. The outermost tool wins (a package of a Spack build, not the file its compiler is at), and the
step is the newest line of the innermost.
"""

from collections.abc import Callable, Sequence
from typing import Final

from sygaldry.model.value import dataclass

__all__ = ["NEWEST", "Parser", "Progress", "read"]

NEWEST: Final = 16 * 1024


@dataclass(frozen=True)
class Progress:
    """How far a tool is: `done` of `total` (0 if it does not say), what it does now, in which phase.

    `line` is the index of the line that told it, so that the newest word wins.
    """

    done: int
    total: int
    unit: str = "steps"
    step: str = ""
    phase: str = ""
    tool: str = ""
    line: int = 0

    @property
    def fraction(self) -> float | None:
        """Between 0 and 1, or None while the total is unknown."""
        return min(self.done / self.total, 1.0) if self.total > 0 else None


@dataclass(frozen=True)
class Parser:
    """Reads one tool's output. `rank` is how far outside it stands: 90 drives others, 10 is driven by them."""

    title: str
    rank: int
    read: Callable[[Sequence[str]], Progress | None]


def read(newest: bytes) -> Progress | None:
    """Read the progress from the newest bytes of a log, or None where no parser knows it."""
    from sygaldry.progress._reading import reading

    return reading(newest)
