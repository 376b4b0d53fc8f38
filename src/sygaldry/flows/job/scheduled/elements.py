"""The elements of an array: jobs of their own; those that have not started exist only by the record of the array."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sygaldry.flows.job.scheduled.memo import Memo
from sygaldry.flows.job.scheduled.record import ScheduledRun, base_of
from sygaldry.host import files
from sygaldry.jobs.paths import RunFiles
from sygaldry.jobs.state import RunState
from sygaldry.model.errors import StorageError
from sygaldry.model.job import Ender, State
from sygaldry.model.json_text import parse_json

_NAMED: Final = 5
_AT_WORK: Final = (State.PROGRESS, State.RETRY, State.ORPHANED)


@dataclass(frozen=True)
class Element:
    """One task of an array and its state; `is_recorded` if that state is an end that will not change."""

    task: int
    verdict: RunState
    is_recorded: bool = False

    @property
    def state(self) -> State:
        return self.verdict.state


def element_files(array: RunFiles, task: int) -> RunFiles:
    """Return the files of an element of an array."""
    return RunFiles(array.folder, f"{array.job}.{task}", array.run)


def elements_of(array: RunFiles, record: ScheduledRun, inspect: Callable[[RunFiles], Element]) -> tuple[Element, ...]:
    """Return every element of an array; ends that will not change are kept, so that they are inspected only once."""
    kept = _kept(array)
    found = tuple(kept.get(task) or inspect(element_files(array, task)) for task in record.tasks or ())
    if sum(each.is_recorded for each in found) > len(kept):
        _keep(array, (each for each in found if each.is_recorded))
    return found


def kept_element(array: RunFiles, task: int) -> Element | None:
    """Return the recorded end of an element, which its scheduler may have forgotten."""
    return _kept(array).get(task)


def kept_elements(array: RunFiles) -> tuple[Element, ...]:
    """Return the elements of an array with a recorded end."""
    return tuple(_kept(array).values())


def keep_stopped(array: RunFiles, tasks: Iterable[int]) -> None:
    """Keep the end of elements that were cancelled before they started; schedulers forget those at once."""
    verdict = RunState(State.STOPPED, by=Ender.USER, why="stopped by user before it started")
    stopped = {task: Element(task, verdict, is_recorded=True) for task in tasks}
    _keep(array, (stopped | _kept(array)).values())


def combined(job: str, elements: tuple[Element, ...]) -> RunState:
    """Return the state of a whole array: the worst end of all, once all have ended."""
    states = Counter(each.state for each in elements)
    why = "; ".join(_counted(job, elements, states))
    if all(state.final for state in states):
        worst = max(elements, key=lambda each: (each.state.answer, each.state is State.OOM)).verdict
        return RunState(worst.state, worst.code, worst.by, why)
    if any(state in _AT_WORK for state in states):
        return RunState(State.PROGRESS, why=why)
    if states[State.UNKNOWN]:
        first = next(each.verdict.why for each in elements if each.state is State.UNKNOWN)
        return RunState(State.UNKNOWN, why=f"{first}; {why}")
    if any(state.final for state in states):
        return RunState(State.PROGRESS, why=why)
    if states[State.START]:
        return RunState(State.START, why=why)
    return RunState(State.QUEUED, why=elements[0].verdict.why)


def _counted(job: str, elements: tuple[Element, ...], states: Counter[State]) -> Iterator[str]:
    for state in State:
        if not (count := states[state]):
            continue
        is_bad = state.final and state is not State.DONE
        names = [f"{job}.{each.task}" for each in elements if each.state is state] if is_bad else []
        more = ", ..." if len(names) > _NAMED else ""
        yield f"{count} {state}" + (f" ({', '.join(names[:_NAMED])}{more})" if names else "")


def _kept(array: RunFiles) -> dict[int, Element]:
    try:
        return _ENDS.read(_path(array)) or {}
    except (StorageError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _keep(array: RunFiles, elements: Iterable[Element]) -> None:
    data = {
        str(each.task): [each.state.value, each.verdict.code, each.verdict.by.value, each.verdict.why]
        for each in elements
    }
    files.replace(_path(array), json.dumps(data))


def last_end_s(array: RunFiles) -> float:
    """Return the time of the last end that was seen; 0 if there was none."""
    try:
        return os.lstat(_path(array)).st_mtime
    except OSError:
        return 0.0


def _path(array: RunFiles) -> str:
    return f"{base_of(array)}.ends"


def _parsed(text: str) -> dict[int, Element]:
    return {
        int(task): Element(int(task), RunState(State(state), code, Ender(by), str(why)), is_recorded=True)
        for task, (state, code, by, why) in parse_json(text).items()
    }


_ENDS: Final = Memo(_parsed)
