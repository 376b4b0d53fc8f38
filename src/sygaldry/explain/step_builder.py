"""Marks in the order of a log -> its steps."""

from collections.abc import Sequence
from typing import Final

from sygaldry.explain.lanes import formats, lanes_of
from sygaldry.explain.near import NearLine
from sygaldry.explain.sections import Event, Level, Mark
from sygaldry.explain.steps import Step, Steps
from sygaldry.explain.targets import Targets

_REPORTERS: Final = frozenset({"pytest", "unittest"})  # formats whose steps are reports of tests
_MOST: Final = 20_000  # marks; a log with more of them has no useful steps


class _Builder:
    """Builds steps from marks in the order of the log."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.open: dict[str, list[Step]] = {}
        self.ended: dict[str, int] = {}
        self.targets: list[tuple[str, str]] = []
        self.unsurvived: dict[tuple[Level, str], list[Step]] = {}
        self.known: set[tuple[str, Level, str]] = set()

    def is_quoted(self, mark: Mark, lane: str) -> bool:
        """Return whether a marker of another tool stands in the report of a test, which quotes its output."""
        begins = mark.event in (Event.BEGIN, Event.BEGIN_FAILED, Event.CLEAN_UP) and mark.level >= Level.PHASE
        return begins and any(step.event is Event.FAIL and step.tentative for step in self.open.get(lane, ()))

    def add(self, number: int, mark: Mark, lane: str) -> None:
        if mark.subject:
            self.targets.append((mark.name, mark.subject))
        if mark.event is Event.TARGET or (mark.once and self._is_known(mark, lane)):
            return
        stack = self.open.setdefault(lane, [])
        if mark.supersedes:
            self._survive(mark.level, lane, begins=mark.event is Event.BEGIN)
        if mark.event in (Event.BEGIN, Event.BEGIN_FAILED, Event.CLEAN_UP):
            self._close(lane, mark.level, number - 1)
            step = Step(number, number, mark.level, mark.name, lane)
            step.event = {Event.BEGIN: Event.CLOSE, Event.BEGIN_FAILED: Event.FAIL}.get(mark.event, mark.event)
            step.tentative = mark.tentative
            stack.append(step)
            self._add_step(step)
            return
        if mark.event is Event.CLOSE:
            self._close(lane, mark.level, number)
            return
        clean_up = next((step for step in stack if step.event is Event.CLEAN_UP), None)
        if clean_up is not None:
            if mark.event is Event.FAIL:
                self._fail_before(clean_up)
            return
        self._report(number, mark, lane, stack)

    def _report(self, number: int, mark: Mark, lane: str, stack: list[Step]) -> None:
        """A step that ended: an open one of its level, or the lines since the last one that ended."""
        at = next((index for index, step in enumerate(stack) if step.level >= mark.level), None)
        if at is None or (stack[at].level > mark.level):
            begin = self.ended.get(lane, 0) + 1
            around = stack[-1 if at is None else at].begin if stack else begin
            step = Step(max(begin, around), number, mark.level, mark.name, lane)
            stack.insert(len(stack) if at is None else at, step)
            self._add_step(step)
            at = stack.index(step)
        step = stack[at]
        failed = mark.event in (Event.FAIL, Event.FAIL_HERE)
        step.event = Event.FAIL if failed else mark.event
        step.tentative = mark.tentative
        for child in stack[at + 1 :]:
            child.active = failed
        if mark.event is Event.FAIL_HERE:
            return
        self._close(lane, step.level, number)
        if not mark.tentative:  # reports of tests are part of the step that ran them
            self.ended[lane] = number

    def _add_step(self, step: Step) -> None:
        self.steps.append(step)
        self.known.add((step.name, step.level, step.lane))
        self.unsurvived.setdefault((step.level, step.lane), []).append(step)

    def _is_known(self, mark: Mark, lane: str) -> bool:
        return (mark.name, mark.level, lane) in self.known

    def _survive(self, level: Level, lane: str, *, begins: bool) -> None:
        """The job went on after its earlier failures; where another job begins, whatever came before is not its own."""
        steps = self.unsurvived.get((level, lane), [])
        for step in steps:
            if step.event is Event.FAIL or (begins and step.event is Event.CLOSE):
                step.event = Event.PASS
        # An open step may fail yet.
        self.unsurvived[level, lane] = [
            step for step in steps if step.event is not Event.PASS or step in self.open.get(lane, ())
        ]

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
        elif not before:  # the log begins within the step
            begin = self.ended.get(clean_up.lane, 0) + 1
            step = Step(begin, max(clean_up.begin - 1, begin), Level.STEP, "", clean_up.lane)
            step.event = Event.FAIL
            self._add_step(step)

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
        return Steps(self.steps, implied, last, Targets(self.targets))


def read_steps(lines: Sequence[NearLine], last: int) -> Steps:
    """Read the markers among the lines that hold a literal of a format; `last` is the number of the log's last line."""
    builder = _Builder()
    known = formats()
    marks = 0
    for line in lines:
        for name in line.formats:
            each = known[name]
            mark = each.read(line.whole if each.overwritten and line.whole else line.text)
            if mark is None:
                continue
            lanes = lanes_of(line.raw, line.text)
            lane = f"{lanes[0]}/{mark.lane}" if mark.lane else lanes[0]
            if name in _REPORTERS or not builder.is_quoted(mark, lane):
                builder.add(line.number, mark, lane)
            marks += 1
            if mark.level is not Level.JOB:
                break
        if marks > _MOST:
            return Steps((), None, last, Targets(()))
    return builder.finish(last)
