"""Progress parsers, one tool per file: newest lines -> progress or nothing.

To add a parser, write `progress/NAME.py` that exports `PARSER: Final = Parser(title, rank, read)`, and put a
recorded log and its expected progress into `tests/data/progress/NAME.log` and `NAME.json`. Nothing else is edited.

`read(newest)` takes the last bytes of the raw log (`NEWEST` are enough) and runs every parser. The outermost tool
wins (the package of a Spack build, not the file of its compiler); the step is the newest line of the innermost tool.
"""

from collections.abc import Callable, Sequence
from typing import Final

from sygaldry.model.value import dataclass

__all__ = ["NEWEST", "Parser", "Progress", "read"]

NEWEST: Final = 16 * 1024


@dataclass(frozen=True)
class Progress:
    """The progress of a tool: `done` of `total` (0 if unknown), the current step and phase.

    `line` is the index of the line it was read from, so that the newest line wins. `is_part` marks a count of one item
    among an unknown number, such as the bytes of one download.
    """

    done: int
    total: int
    unit: str = "steps"
    step: str = ""
    phase: str = ""
    tool: str = ""
    line: int = 0
    is_part: bool = False


@dataclass(frozen=True)
class Parser:
    """Parses one tool's output. `rank` orders nesting: 90 drives other tools, 10 is driven by them."""

    title: str
    rank: int
    read: Callable[[Sequence[str]], Progress | None]


def read(newest: bytes) -> Progress | None:
    """Parse the progress from the newest bytes of a log; None where no parser matches."""
    from sygaldry.progress._reading import outermost

    return outermost(newest)
