"""Root-cause families, one tool family per file: a failed log -> its cause.

To add a family, write `diagnosis/NAME.py` that exports `FAMILY: Final = Family(title, recognises)`, where
`recognises` is a table of `Rule`s; each describes one shape of line that names a cause. Where one line is not enough (a
traceback, a resolver's tree), give the family an `explains`, which sees the surrounding lines. Put a recorded failing
log and its label into `tests/data/diagnosis`. Nothing else is edited.

"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sygaldry.model.value import dataclass

if TYPE_CHECKING:
    from re import Match

__all__ = [
    "Cause",
    "Confidence",
    "Explanation",
    "Facts",
    "Family",
    "Hit",
    "Kind",
    "Line",
    "Memory",
    "Rule",
    "Sign",
    "Source",
    "Window",
]


class Kind(StrEnum):
    """Whether a retry can help; `--retries` uses it."""

    DETERMINISTIC = "deterministic"  # the same input fails the same way
    TRANSIENT = "transient"  # the network, a server, a lock: later may be better
    RESOURCES = "resources"  # memory, disk, time, a GPU: less load or more capacity may help
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How likely it is that the cause named is the root cause."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Source(Protocol):
    """A raw log that can be read at any place."""

    @property
    def size(self) -> int: ...

    def read(self, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`, fewer only at the end."""
        ...


@dataclass(frozen=True)
class Memory:
    """A log that is already in memory."""

    raw: bytes

    @property
    def size(self) -> int:
        return len(self.raw)

    def read(self, offset: int, length: int) -> bytes:
        return self.raw[offset : offset + length]


@dataclass(frozen=True)
class Facts:
    """What is known besides the log. `code` is the shell's exit status (128+n after signal n), or None if unknown."""

    code: int | None
    signal: int = 0
    out_of_memory: bool = False  # reported by the kernel or the engine
    timed_out: bool = False  # by a limit of Sygaldry's own
    disk_full: bool = False
    full_disk: str = ""  # the mount that is full
    stopped: bool = False  # stopped by user
    memory: str = ""  # what was measured of it, where the command was killed
    phase: str = ""


class Line(NamedTuple):
    """A line of the log: its number from 1, its first byte, and its text as a person would see it."""

    number: int
    offset: int
    text: str


class Sign(NamedTuple):
    """An error or warning in a log that still grows; `key` is equal for lines of one shape."""

    level: str  # error or warning
    kind: str  # the family that recognised it, or the compiler's flag
    key: int
    offset: int
    text: str


class Rule(NamedTuple):
    """One shape of line that names a cause.

    `literal` is in lower case and must be in the line (in any case) before `pattern` is tried, so that a rule
    costs one search for a word. `weight` is how likely such a line is the innermost cause: 90 names the fault itself,
    70 is a tool's own error, 50 a symptom, 30 a consequence of something above it. `says` and `remedy` may use
    the pattern's named groups; the groups `where` and `what` are the place and the subject. `before` and `after`
    are how many neighbouring lines belong to it.
    """

    literal: str
    pattern: str
    weight: int
    says: str = ""
    remedy: str = ""
    kind: Kind = Kind.DETERMINISTIC
    before: int = 0
    after: int = 0


class Hit(NamedTuple):
    """A line that a rule recognised."""

    line: Line
    rule: Rule
    match: "Match[str]"


@dataclass(frozen=True)
class Window:
    """The lines around a hit, which is `lines[index]`."""

    lines: Sequence[Line]
    index: int


@dataclass(frozen=True)
class Explanation:
    """A family's explanation of a hit; empty fields are taken from the rule."""

    lines: tuple[Line, ...]
    says: str = ""
    where: str = ""
    remedy: str = ""
    weight: int = 0


@dataclass(frozen=True)
class Family:
    """A family of tools.

    `explains` returns None when the surrounding lines contradict a hit. With `evidence`, a pattern, the answer names the
    family only if a line near the hit matches it: other tools print messages of the same shape.
    """

    title: str
    recognises: tuple[Rule, ...]
    explains: Callable[[Hit, Window], Explanation | None] | None = None
    evidence: str = ""


@dataclass(frozen=True)
class Cause:
    """Why a job failed. If `identified` is false, the lines are the best evidence and no cause is claimed."""

    outcome: str  # the exit in words: "exited 2", "killed by SIGKILL (137)"
    identified: bool
    says: str
    lines: tuple[Line, ...]
    where: str = ""
    remedy: str = ""
    confidence: Confidence = Confidence.LOW
    kind: Kind = Kind.UNKNOWN
    family: str = ""
    also: tuple[Line, ...] = ()  # the next best evidence
    chain: tuple[Line, ...] = ()  # what followed from it
    more: tuple[Line, ...] = ()  # fills what is left of the budget, best first
    step_failed: bool = False  # a marker in the log reports the failed step
    repeats: int = 1  # lines in the log of the same shape as the first
    signature: str = ""  # equal for the same failure of another attempt
    warnings: int = 0
