"""One tool family a file: a failed log -> the cause.

To add a family, write `diagnosis/NAME.py` that exports `FAMILY: Final = Family(title, recognises)`, where
`recognises` is a table of `Rule`s, each one shape of line that tells why something failed. Where a line alone is not
the whole story (a traceback, a resolver's tree), give the family an `explains`, which sees the lines around. Put a
recorded failing log and its label into `tests/data/diagnosis`. Nothing else is edited.

For whoever has a log (`flows/explain.py`, the jobs' verbs and retries)::

    from sygaldry import diagnosis

    cause = diagnosis.explain(diagnosis.Memory(raw), diagnosis.Facts(code=2), good=kept)
    kept = diagnosis.learn(source)  # of a run that succeeded

`explain` is pure, deterministic and offline. It answers None for a job that exited 0: the verdict comes from the
exit code, never from words in a log. `learn` makes the noise model of a good run, at most 256 KiB to keep. Any
`Source` will do, of any size; little of it is held at a time. `answer(cause, tokens)` is the cause as text.
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


def explain(source: Source, facts: Facts, good: bytes = b"") -> Cause | None:
    """Say why a job failed; None for a job that exited 0. `good` is what `learn` made of the last good run."""
    from sygaldry.diagnosis import _finder

    return _finder.explain(source, facts, good)


def learn(source: Source) -> bytes:
    """Make the noise model of a run that succeeded: at most 256 KiB to keep beside the job."""
    from sygaldry.diagnosis import _noise

    return _noise.learn(source)


def signs(raw: bytes, offset: int = 0) -> tuple[Sign, ...]:
    """Find the lines of a piece of a growing log that speak of errors and warnings; a verdict they are not."""
    from sygaldry.diagnosis import _signs

    return _signs.signs(raw, offset)


def answer(cause: Cause, tokens: int = 200) -> tuple[str, ...]:
    """Say a cause in at most so many tokens, a line a string."""
    from sygaldry.diagnosis import _answer

    return _answer.answer(cause, tokens)


def outline(source: Source, cause: Cause, tokens: int) -> tuple[str, ...]:
    """Tell more than `answer` does, for those who have the tokens: around the cause, the steps, the end."""
    from sygaldry.diagnosis import _outline

    return _outline.outline(source, cause, tokens)
