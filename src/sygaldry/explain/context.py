"""What the end of a log says about the lines in it: the steps, and the lines that report no failure."""

from typing import NamedTuple

from sygaldry.diagnosis import Source
from sygaldry.explain import mask_lines, steps
from sygaldry.explain.mask_lines import Masked
from sygaldry.explain.match_rules import Match
from sygaldry.explain.near import Words, near_lines
from sygaldry.explain.scan import Scan
from sygaldry.explain.steps import Standing, Steps
from sygaldry.explain.text import unstamped


class Context(NamedTuple):
    """The steps and the masked lines; both are known from line `first` on."""

    steps: Steps
    masked: Masked
    first: int

    def standing(self, match: Match) -> Standing:
        """Tell where a matched line stands relative to the failed step."""
        return self.steps.standing(match.hit.line.number, match.raw, unstamped(match.raw))

    def step_name(self, match: Match) -> str:
        """Name the step that a matched line belongs to, or nothing."""
        return self.steps.name(match.hit.line.number, match.raw, unstamped(match.raw))


def read_context(source: Source, scanned: Scan) -> Context:
    """Read the steps and masks from the last megabytes of a log."""
    begin, number = scanned.near
    words = Words(steps.literals(), steps.closers(), mask_lines.literals())
    lines = near_lines(source, begin, number, words)
    return Context(steps.read_steps(lines, scanned.lines), mask_lines.mask_lines(lines), number)
