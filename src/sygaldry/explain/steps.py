"""The steps of a job, read from the markers in its log, and the step that failed."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from sygaldry.explain.lanes import lanes_of
from sygaldry.explain.sections import Event, Level
from sygaldry.explain.targets import Targets

_BUCKET: Final = 256  # lines
_EPILOGUE: Final = 60  # lines after the reports of failed tests; a job that prints more survived them


class Standing(IntEnum):
    """Where a line stands relative to the step that failed; the value is what that adds to its score."""

    TARGET = 20  # the line is about a target or a task that failed
    INSIDE = 8
    LAST = 5  # in the part of the failed step that ran when it failed
    SIBLING = -8  # in another step that failed
    IMPLIED = 3  # in the last step of a log that reports no failed one
    NEUTRAL = 0
    EARLIER = -11  # in a part of the failed step that ended before
    BEFORE = -12  # before the last step, in a log that reports no failed one
    OUTSIDE = -30  # in a step that the job survived
    PASSED = -40
    CLEAN_UP = -41


IN_QUESTION: Final = frozenset({Standing.TARGET, Standing.INSIDE, Standing.LAST, Standing.IMPLIED, Standing.SIBLING})


class Step:
    """Lines `begin` to `end` of one lane. `event` is how it ended; `active` is set if it ran when its parent failed.

    A `tentative` failure is that of the job only if the job ends soon after it.
    """

    __slots__ = ("active", "begin", "end", "event", "lane", "level", "name", "tentative")

    def __init__(self, begin: int, end: int, level: Level, name: str, lane: str) -> None:
        self.begin, self.end = begin, end
        self.level, self.name, self.lane = level, name, lane
        self.event = Event.CLOSE
        self.active = self.tentative = False

    def holds(self, number: int, lanes: Sequence[str]) -> bool:
        """Return whether a line is part of this step."""
        return self.begin <= number <= self.end and self.lane in lanes


class Steps:
    """The steps of a log; knows the one that failed."""

    def __init__(self, steps: Sequence[Step], implied: Step | None, last: int, targets: Targets) -> None:
        self.steps = steps
        self.targets = targets
        self._last = last
        self.failed = self._outermost_failed()
        self.inner = self._inner()
        self.implied = implied if self.failed is None else None
        self._buckets: dict[int, list[Step]] = {}
        for step in steps:
            for bucket in range(step.begin // _BUCKET, step.end // _BUCKET + 1):
                self._buckets.setdefault(bucket, []).append(step)

    def _holding(self, number: int, lanes: Sequence[str]) -> list[Step]:
        return [step for step in self._buckets.get(number // _BUCKET, ()) if step.holds(number, lanes)]

    def _outermost_failed(self) -> Step | None:
        failed = [step for step in self.steps if self._has_failed(step, self._last)]
        return min(failed, key=lambda step: (step.level, step.begin), default=None)

    def _has_failed(self, step: Step, last: int) -> bool:
        """Return whether a step failed, and what is around it, up to line `last`, did not survive that."""
        return step.event is Event.FAIL and not (step.tentative and last - step.end > _EPILOGUE)

    @property
    def went_on(self) -> bool:
        """Return whether a later step of the same CI job failed too: the job survived one of them, or always runs one."""
        first = self.failed
        return first is not None and any(
            step.level == first.level <= Level.STEP and step.lane == first.lane and step.begin > first.end
            for step in self.steps
            if self._has_failed(step, self._last)
        )

    def _inner(self) -> Step | None:
        """The first failed step inside the failed one, else the one that ran last in it."""
        outer = self.failed
        if outer is None:
            return None
        inside = [
            step
            for step in self.steps
            if step is not outer and step.level > outer.level and outer.begin <= step.begin <= outer.end
        ]
        failed = [step for step in inside if self._has_failed(step, outer.end)]
        if failed:
            return min(failed, key=lambda step: (step.level, step.begin))
        ran = (step for step in inside if step.active and not step.tentative and step.level < Level.TEST)
        return max(ran, key=lambda step: step.level, default=None)

    def standing(self, number: int, raw: bytes, text: str) -> Standing:
        """Tell where a line stands."""
        standing = self._standing(number, raw, text)
        known = standing in IN_QUESTION or standing is Standing.NEUTRAL
        return Standing.TARGET if known and standing is not Standing.SIBLING and self.targets.named(text) else standing

    def _standing(self, number: int, raw: bytes, text: str) -> Standing:
        lanes = lanes_of(raw, text)
        holding = self._holding(number, lanes)
        if any(step.event is Event.CLEAN_UP for step in holding):
            return Standing.CLEAN_UP
        if self.failed is not None:
            return self._standing_to_failed(number, lanes, holding)
        if any(step.event is Event.PASS for step in holding):
            return Standing.PASSED
        if self.implied is not None and self.implied.level >= Level.STEP:
            return Standing.IMPLIED if self.implied in holding else Standing.BEFORE
        return Standing.NEUTRAL

    def _standing_to_failed(self, number: int, lanes: Sequence[str], holding: Sequence[Step]) -> Standing:
        failed = self.failed
        if failed is None:
            return Standing.NEUTRAL
        if failed in holding:
            return self._standing_within(failed, number, lanes, holding)
        if any(self._has_failed(step, self._last) for step in holding):
            return Standing.SIBLING
        if failed.lane not in lanes and lanes == (failed.lane.rpartition("/")[0],) and "/" in failed.lane:
            return Standing.NEUTRAL  # a line without a label may be of any rank
        return Standing.PASSED if any(step.event is Event.PASS for step in holding) else Standing.OUTSIDE

    def _standing_within(self, failed: Step, number: int, lanes: Sequence[str], holding: Sequence[Step]) -> Standing:
        if any(step.event is Event.PASS and step.level > failed.level for step in holding):
            return Standing.PASSED
        if any(step.event is Event.FAIL and not self._has_failed(step, failed.end) for step in holding):
            return Standing.EARLIER  # tests that failed, and the step went on
        inner = self.inner
        if inner is None or inner.holds(number, lanes):
            return Standing.INSIDE if inner is None or inner.event is Event.FAIL else Standing.LAST
        if inner.tentative and number > inner.end:
            # The summary of a test session is about the same failures as the reports above it.
            return Standing.INSIDE if failed.tentative else Standing.NEUTRAL
        if inner.event is Event.FAIL:
            failing = any(step.event is Event.FAIL and step is not failed for step in holding)
            return Standing.SIBLING if failing else Standing.EARLIER
        return Standing.EARLIER if number < inner.begin else Standing.NEUTRAL

    def own_end(self, number: int, raw: bytes, text: str) -> int | None:
        """Return the last line of the innermost failed step that holds a line, or None."""
        failed = [step for step in self._holding(number, lanes_of(raw, text)) if step.event is Event.FAIL]
        return max(failed, key=lambda step: step.level).end if failed else None

    def name(self, number: int, raw: bytes, text: str, deepest: Level) -> str:
        """Name the innermost step, of level `deepest` at most, that a line belongs to, or nothing."""
        holding = [
            step
            for step in self._holding(number, lanes_of(raw, text))
            if step.level <= deepest and any(map(str.isalnum, step.name))
        ]
        if holding:
            return max(holding, key=lambda step: (step.level, step.begin)).name
        return self.targets.named(text)

    def __bool__(self) -> bool:
        """Return whether the log has markers."""
        return bool(self.steps or self.targets)

    @property
    def end(self) -> int | None:
        """The last line of the failed step; None where no marker reports one."""
        return self.failed.end if self.failed else None
