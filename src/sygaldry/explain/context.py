"""What the end of a log says about the lines in it: the steps, and the lines that report no failure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sygaldry.diagnosis import Line, Source
from sygaldry.explain import lanes, mask_lines
from sygaldry.explain.mask_lines import Masked
from sygaldry.explain.match_rules import Match
from sygaldry.explain.near import Words, near_lines
from sygaldry.explain.scan import Raw, Scan, lines_between
from sygaldry.explain.sections import Level
from sygaldry.explain.step_builder import read_steps
from sygaldry.explain.steps import Standing, Steps
from sygaldry.explain.text import unstamped

_STEP_END: Final = 64 << 10  # bytes read of the end of a step
_STAMPED: Final = 300  # bytes of a line that its lane is read from


class Context(NamedTuple):
    """The steps and the masked lines, both known from line `first` on, and where a script reports its failure."""

    steps: Steps
    masked: Masked
    first: int
    reported: int | None = None  # the line in which a script reports that it failed

    def __bool__(self) -> bool:
        """Return whether the log has markers of steps."""
        return bool(self.steps)

    @property
    def end(self) -> int | None:
        """The last line of the failed step; None where nothing reports one."""
        return self.steps.end or self.reported

    def standing(self, match: Match) -> Standing:
        """Tell where a matched line stands relative to the failed step."""
        return self.steps.standing(match.hit.line.number, match.raw, unstamped(match.raw))

    def is_masked(self, line: Line) -> bool:
        """Return whether a line reports no failure; with interleaved output, a mask may cover another target's line."""
        return line.number in self.masked and not self.steps.targets.named(line.text)

    def own_end(self, match: Match) -> int | None:
        """Return the last line of another failed step that a matched line is part of."""
        return self.steps.own_end(match.hit.line.number, match.raw, unstamped(match.raw))

    def is_near_cause(self, source: Source, line: Line) -> bool:
        """Return whether a line beside the cause may be shown with it: not masked, and not of a step that passed."""
        if self.is_masked(line):
            return False
        if not self.steps.steps or line.number < self.first:
            return True
        raw = source.read(line.offset, _STAMPED).partition(b"\n")[0]
        return self.steps.standing(line.number, raw, unstamped(raw)) > Standing.EARLIER

    def step_name(self, match: Match, deepest: Level = Level.TEST) -> str:
        """Name the innermost step, of level `deepest` at most, that a matched line belongs to, or nothing."""
        return self.steps.name(match.hit.line.number, match.raw, unstamped(match.raw), deepest)


def lines_up_to(source: Source, scanned: Scan, end: int, most: int) -> Sequence[Raw]:
    """Return the last lines up to line `end`: of the log's tail, or, where the step ended before it, of the step."""
    if not scanned.tail or end >= scanned.tail[0].number + most:
        return [raw for raw in scanned.tail if raw.number <= end]
    begin, number = scanned.near
    chunk = source.read(begin, source.size - begin)
    offset = 0
    while number <= end - most and offset >= 0:
        offset = chunk.find(b"\n", offset) + 1 or -1
        number += 1
    if offset < 0:
        return []
    lines = lines_between(source, begin + offset, min(begin + offset + _STEP_END, source.size), number)
    return [raw for raw in lines if raw.number <= end]


def read_context(source: Source, scanned: Scan) -> Context:
    """Read the steps and masks from the last megabytes of a log."""
    begin, number = scanned.near
    words = Words(lanes.literals(), lanes.closers(), mask_lines.literals())
    lines = near_lines(source, begin, number, words)
    return Context(read_steps(lines, scanned.lines), mask_lines.mask_lines(lines), number)
