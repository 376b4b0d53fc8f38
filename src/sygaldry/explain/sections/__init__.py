"""How tools mark the steps of their work in a log: one format per file.

To add a format, write `explain/sections/NAME.py` that exports `FORMAT: Final = Format(title, literals, read)` and a row
in `tests/unit/explain/test_sections.py`. Nothing else is edited. `read` gets a line that holds one of the literals,
without its time stamp, and returns a `Mark`, or None.
"""

from collections.abc import Callable
from enum import Enum, IntEnum
from typing import NamedTuple

__all__ = ["Event", "Format", "Level", "Mark"]


class Level(IntEnum):
    """How deep a step is nested; a step ends when another of the same or a lower number begins."""

    JOB = 0  # of a CI system: a stage or a job
    STEP = 1  # of a CI system
    BUILD = 2  # of a build: a Dockerfile instruction, a package, a tox environment
    PHASE = 3  # of a package, or a section that a script announces
    COMMAND = 4  # of a shell trace, or the reports of a test session
    TEST = 5  # the report of one test


class Event(Enum):
    """What a marker reports about the step it belongs to."""

    BEGIN = "begin"
    BEGIN_FAILED = "begin-failed"  # the output of a step that is known to have failed
    PASS = "pass"  # noqa: S105 - the result of a step, not a password
    FAIL = "fail"
    FAIL_HERE = "fail-here"  # the step failed, and its output is quoted below
    CLOSE = "close"  # the step ends; its result is unknown
    TARGET = "target"  # a failed target of make; its output may be anywhere above
    CLEAN_UP = "clean-up"  # what follows runs after the failure


class Mark(NamedTuple):
    """A marker that one line holds. `lane` names the output stream where several are interleaved.

    With `supersedes`, the job survived the earlier failures of the same level: its steps run one after the other; a
    beginning that supersedes is that of another job, which no earlier step of the same level can end. A
    `tentative` failure counts only if the job ends soon after it: a script may go on after failed tests. `subject` is a
    pattern of the lines that are about a failed part whose output is interleaved with that of others. A beginning that
    is reported `once` has no effect the second time.
    """

    event: Event
    level: Level
    name: str = ""
    lane: str = ""
    supersedes: bool = False
    tentative: bool = False
    subject: str = ""
    once: bool = False


class Format(NamedTuple):
    """The step markers of one tool.

    Lines with one of `closers` are read only in a log that holds one of `literals`: such words are frequent elsewhere.
    `lane` is a pattern whose first group names the lane that a line belongs to. It sees the line without time stamps, or,
    with `lane_in_stamp`, the whole line. `overwritten` is set where a carriage return follows the markers.
    """

    title: str
    literals: tuple[bytes, ...]
    read: Callable[[str], Mark | None]
    lane: str = ""
    lane_in_stamp: bool = False
    overwritten: bool = False
    closers: tuple[bytes, ...] = ()
