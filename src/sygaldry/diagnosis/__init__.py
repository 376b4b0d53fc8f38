"""One tool family a file: a failed log -> the cause.

To add a family, write `diagnosis/NAME.py` that exports `FAMILY: Final = Family(title, recognises)`, where
`recognises` is a table of `Rule`s, each one shape of line that tells why something failed. Where a line alone is not
the whole story (a traceback, a resolver's tree), give the family an `explains`, which sees the lines around. Put a
recorded failing log and its label into `tests/data/diagnosis`. Nothing else is edited.

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
    "Explained",
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
    """Whether trying again can help: what `--retries` goes by."""

    DETERMINISTIC = "deterministic"  # the same input fails the same way
    TRANSIENT = "transient"  # the network, a server, a lock: later may be better
    RESOURCES = "resources"  # memory, disk, time, a GPU: with less load or more room
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure the finder is that it names the root cause."""

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
    """What is known beside the log. `code` is as a shell says it: 128+n after signal n; None if nobody knows."""

    code: int | None
    signal: int = 0
    out_of_memory: bool = False  # the kernel or the engine said so
    timed_out: bool = False  # by a limit of Sygaldry's own
    disk_full: bool = False
    stopped: bool = False  # somebody asked for it
    phase: str = ""


class Line(NamedTuple):
    """A line of the log: its number from 1, its first byte, and its text as a person would see it."""

    number: int
    offset: int
    text: str


class Sign(NamedTuple):
    """A line that speaks of an error or a warning while the log still grows; `key` is equal for lines alike."""

    level: str  # error or warning
    kind: str  # the family that knows it, or the compiler's flag
    key: int
    offset: int
    text: str


class Rule(NamedTuple):
    """One shape of line that tells a cause.

    `literal` is in lower case and must be in the line (in any case) before `pattern` is tried, so that the price of
    a rule is a search for a word. `weight` is how surely such a line is the innermost reason: 90 names the very
    thing, 70 a tool's own error, 50 a sign, 30 a consequence of something above it. `says` and `remedy` may use
    the pattern's named groups; the groups `where` and `what` are the place and the matter. `before` and `after`
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
class Explained:
    """What a family makes of a hit; what stays empty is taken from the rule."""

    lines: tuple[Line, ...]
    says: str = ""
    where: str = ""
    remedy: str = ""
    weight: int = 0


@dataclass(frozen=True)
class Family:
    """A family of tools. `explains` answers None when the lines around a hit speak against it."""

    title: str
    recognises: tuple[Rule, ...]
    explains: Callable[[Hit, Window], Explained | None] | None = None


@dataclass(frozen=True)
class Cause:
    """Why a job failed. With `identified` false the lines are the best evidence and the sentence says so."""

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
    signature: str = ""  # equal for the same failure of another attempt
    warnings: int = 0
