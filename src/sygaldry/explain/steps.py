"""The steps of a job, read from the markers in its log, and the step that failed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from typing import Final, NamedTuple, cast

from sygaldry.discovery import every
from sygaldry.explain import sections
from sygaldry.explain.near import NearLine
from sygaldry.explain.sections import Event, Format, Level, Mark

_MOST: Final = 20_000  # marks; a log with more of them has no useful steps
_BUCKET: Final = 256  # lines
_STAMP: Final = 300  # bytes of a line that a lane is read from


class Standing(IntEnum):
    """Where a line stands relative to the step that failed; the value is what that adds to its score."""

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


IN_QUESTION: Final = frozenset({Standing.INSIDE, Standing.LAST, Standing.IMPLIED, Standing.SIBLING})


@dataclass(slots=True)
class Step:
    """Lines `begin` to `end` of one lane. `event` is how it ended; `active` is set if it ran when its parent failed."""

    begin: int
    end: int
    level: Level
    name: str
    lane: str
    event: Event = Event.CLOSE
    active: bool = False

    def holds(self, number: int, lanes: Sequence[str]) -> bool:
        """Return whether a line is part of this step."""
        return self.begin <= number <= self.end and self.lane in lanes


class _Lanes(NamedTuple):
    in_stamp: tuple[re.Pattern[str], ...]
    after: tuple[re.Pattern[str], ...]


@cache
def _formats() -> dict[str, Format]:
    return {name: cast("Format", each) for name, each in every(sections, "FORMAT").items()}


@cache
def literals() -> tuple[tuple[bytes, str], ...]:
    """Return each literal with the name of the format that it selects."""
    return tuple((word, name) for name, each in _formats().items() for word in each.literals)


@cache
def closers() -> Mapping[str, tuple[bytes, ...]]:
    """Return the words of each format that are searched for only where one of its literals was found."""
    return {name: each.closers for name, each in _formats().items() if each.closers}


@cache
def _lane_patterns() -> _Lanes:
    stamp = [each.lane for each in _formats().values() if each.lane and each.lane_in_stamp]
    after = [each.lane for each in _formats().values() if each.lane and not each.lane_in_stamp]
    return _Lanes(tuple(map(re.compile, stamp)), tuple(map(re.compile, after)))


def lanes_of(raw: bytes, text: str) -> tuple[str, ...]:
    """Name the lanes a line belongs to, outermost first; the first is that of lines without any label."""
    patterns = _lane_patterns()
    outer = _first(patterns.in_stamp, raw[:_STAMP].decode("utf-8", "replace")) if b"\t" in raw[:_STAMP] else ""
    inner = _first(patterns.after, text)
    return (outer, f"{outer}/{inner}") if inner else (outer,)


def _first(patterns: Sequence[re.Pattern[str]], text: str) -> str:
    for pattern in patterns:
        if found := pattern.match(text):
            return next((group for group in found.groups() if group), "")
    return ""


@dataclass
class _Builder:
    """Builds steps from marks in the order of the log."""

    steps: list[Step] = field(default_factory=list)
    open: dict[str, list[Step]] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)

    def add(self, number: int, mark: Mark, lane: str) -> None:
        stack = self.open.setdefault(lane, [])
        if mark.supersedes:
            self._survive(mark.level, lane)
        if mark.event in (Event.BEGIN, Event.BEGIN_FAILED, Event.CLEAN_UP):
            self._close(lane, mark.level, number - 1)
            event = {Event.BEGIN: Event.CLOSE, Event.BEGIN_FAILED: Event.FAIL}.get(mark.event, mark.event)
            step = Step(number, number, mark.level, mark.name, lane, event)
            stack.append(step)
            self.steps.append(step)
            return
        if mark.event is Event.CLOSE:
            self._close(lane, mark.level, number)
            return
        clean_up = next((step for step in stack if step.event is Event.CLEAN_UP), None)
        if clean_up is not None:
            if mark.event is Event.FAIL:
                self._fail_before(clean_up)
            return
        at = next((index for index, step in enumerate(stack) if step.level >= mark.level), None)
        if at is None or (stack[at].level > mark.level):
            begin = self.ended.get(lane, 0) + 1
            step = Step(max(begin, stack[-1].begin if stack else begin), number, mark.level, mark.name, lane)
            stack.insert(len(stack) if at is None else at, step)
            self.steps.append(step)
            at = stack.index(step)
        step = stack[at]
        failed = mark.event in (Event.FAIL, Event.FAIL_HERE)
        step.event = Event.FAIL if failed else mark.event
        for child in stack[at + 1 :]:
            child.active = failed
        if mark.event is Event.FAIL_HERE:
            return
        self._close(lane, step.level, number)
        self.ended[lane] = number

    def _survive(self, level: Level, lane: str) -> None:
        """The job went on after its earlier failures."""
        for step in self.steps:
            if step.event is Event.FAIL and (step.level, step.lane) == (level, lane):
                step.event = Event.PASS

    def _fail_before(self, clean_up: Step) -> None:
        """Jenkins and GitLab report the failure after the clean-up: it is that of the last step before."""
        before = [
            step
            for step in self.steps
            if step.lane == clean_up.lane and step.end < clean_up.begin and step.event is Event.CLOSE
        ]
        last = max((step for step in before if step.level <= Level.STEP), key=lambda s: (s.end, s.level), default=None)
        if last is not None:
            last.event = Event.FAIL
            for step in before:
                step.active = step.level > last.level and step.end == last.end

    def _close(self, lane: str, level: Level, number: int) -> None:
        stack = self.open.get(lane, [])
        while stack and stack[-1].level >= level:
            step = stack.pop()
            step.end = max(step.begin, number)

    def finish(self, last: int) -> "Steps":
        implied = None
        for stack in self.open.values():
            tidying = any(step.event is Event.CLEAN_UP for step in stack)
            for step in stack:
                step.end = last
                if step.event is Event.CLOSE and not step.lane.strip("/") and not tidying:
                    implied = step
        return Steps(self.steps, implied)


class Steps:
    """The steps of a log; knows the one that failed."""

    def __init__(self, steps: Sequence[Step], implied: Step | None) -> None:
        self.steps = steps
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
        failed = [step for step in self.steps if step.event is Event.FAIL]
        return min(failed, key=lambda step: (step.level, step.begin), default=None)

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
        failed = [step for step in inside if step.event is Event.FAIL]
        if failed:
            return min(failed, key=lambda step: (step.level, step.begin))
        return max((step for step in inside if step.active), key=lambda step: step.level, default=None)

    def standing(self, number: int, raw: bytes, text: str) -> Standing:
        """Tell where a line stands."""
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
        if any(step.event is Event.FAIL for step in holding):
            return Standing.SIBLING
        if failed.lane not in lanes and lanes == (failed.lane.rpartition("/")[0],) and "/" in failed.lane:
            return Standing.NEUTRAL  # a line without a label may be of any rank
        return Standing.PASSED if any(step.event is Event.PASS for step in holding) else Standing.OUTSIDE

    def _standing_within(self, failed: Step, number: int, lanes: Sequence[str], holding: Sequence[Step]) -> Standing:
        if any(step.event is Event.PASS and step.level > failed.level for step in holding):
            return Standing.PASSED
        inner = self.inner
        if inner is None or inner.holds(number, lanes):
            return Standing.INSIDE if inner is None or inner.event is Event.FAIL else Standing.LAST
        if inner.event is Event.FAIL:
            failing = any(step.event is Event.FAIL and step is not failed for step in holding)
            return Standing.SIBLING if failing else Standing.EARLIER
        return Standing.EARLIER if number < inner.begin else Standing.NEUTRAL

    def own_end(self, number: int, raw: bytes, text: str) -> int | None:
        """Return the last line of the innermost failed step that holds a line, or None."""
        failed = [step for step in self._holding(number, lanes_of(raw, text)) if step.event is Event.FAIL]
        return max(failed, key=lambda step: step.level).end if failed else None

    def name(self, number: int, raw: bytes, text: str) -> str:
        """Name the innermost step that a line belongs to, or nothing."""
        lanes = lanes_of(raw, text)
        holding = [step for step in self._holding(number, lanes) if any(map(str.isalnum, step.name))]
        return max(holding, key=lambda step: (step.level, step.begin)).name if holding else ""

    @property
    def end(self) -> int | None:
        """The last line of the failed step; None where no marker reports one."""
        return self.failed.end if self.failed else None


def read_steps(lines: Sequence[NearLine], last: int) -> Steps:
    """Read the markers among the lines that hold a literal of a format; `last` is the number of the log's last line."""
    builder = _Builder()
    formats = _formats()
    marks = 0
    for line in lines:
        for name in line.formats:
            each = formats[name]
            mark = each.read(line.whole if each.overwritten and line.whole else line.text)
            if mark is None:
                continue
            lanes = lanes_of(line.raw, line.text)
            lane = f"{lanes[0]}/{mark.lane}" if mark.lane else lanes[0]
            builder.add(line.number, mark, lane)
            marks += 1
            if mark.level is not Level.JOB:
                break
        if marks > _MOST:
            return Steps((), None)
    return builder.finish(last)


__all__ = ["Standing", "Step", "Steps", "closers", "lanes_of", "literals", "read_steps"]
