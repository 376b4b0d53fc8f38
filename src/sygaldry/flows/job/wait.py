"""Wait for jobs, woken by their locks; the exit code is the answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sygaldry.flows.job import wake_conditions
from sygaldry.flows.job.lookup import Seen, look, names_of, orphans_lock
from sygaldry.flows.job.status import facts, line
from sygaldry.host.locks import is_held, wait_until_free
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names
from sygaldry.model.exit_codes import STILL_RUNNING
from sygaldry.model.job import State
from sygaldry.model.report import Json, Report

_BEFORE_START_S = 0.02
_BETWEEN_S = 0.25


@dataclass(frozen=True)
class Until:
    """What is waited for; no timeout is 0."""

    run: str = ""
    any_of: bool = False
    on: str = "done"
    timeout_s: float = 0


@dataclass(frozen=True)
class Awaited:
    """How each job is when a wait ends, and the news that ended it, if any did."""

    seen: dict[str, Seen]
    news: dict[str, events.Event] = field(default_factory=dict)


def job_wait(folder: str, jobs: tuple[str, ...], until: Until) -> Report:
    """Block until the jobs have ended (or one of them, or something happens), at most so long."""
    waiting = {job: names_of(folder, job, until.run) for job in jobs}
    deadline = time.monotonic() + until.timeout_s if until.timeout_s else None
    found = awaited(waiting, deadline, any_of=until.any_of, on=until.on)
    answered = {job: facts(each) for job, each in found.seen.items()}
    lines = []
    for job in jobs:
        lines.append(line(found.seen[job], answered[job]))
        if job in found.news:
            lines.append(f"  {wake_conditions.told(until.on, found.news[job])}")
    data: dict[str, Json] = {"jobs": list(answered.values()), "news": dict(found.news)}
    return Report(data, tuple(lines), exit_code=_answer(found, any_of=until.any_of, on=until.on))


def awaited(waiting: dict[str, Names], deadline: float | None, *, any_of: bool, on: str) -> Awaited:
    """Wait and return how each job is then."""
    watched = {job: wake_conditions.News(names, on) for job, names in waiting.items()}
    while True:
        seen = {job: look(names) for job, names in waiting.items()}
        final = [each for each in seen.values() if each.truth.state.final]
        if len(final) == len(seen) or (any_of and final):
            return Awaited(seen)
        if on == "error" and any(each.truth.state is not State.DONE for each in final):
            return Awaited(seen)
        alive = [job for job, each in seen.items() if not each.truth.state.final]
        news = {job: event for job in alive if (event := watched[job].look())}
        if news:
            return Awaited(seen, news)
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return Awaited(seen)
        _sleep(seen, left, watches=on != "done")


def _sleep(seen: dict[str, Seen], left: float | None, *, watches: bool) -> None:
    """Sleep until a lock is let go. Before a job has begun there is none; news is looked for between."""
    held = {job: lock for job, each in seen.items() if (lock := _lock_of(each))}
    begun = len(held) == sum(not each.truth.state.final for each in seen.values())
    longest = _BETWEEN_S if watches else None
    if not begun:
        queued = any(each.truth.state is State.QUEUED for each in seen.values())
        longest = _BETWEEN_S if queued else _BEFORE_START_S
    if left is not None:
        longest = left if longest is None else min(left, longest)
    if held and begun:
        wait_until_free(held, longest)
    else:
        time.sleep(_BEFORE_START_S if longest is None else longest)


def _lock_of(seen: Seen) -> str:
    if seen.truth.state is State.ORPHANED:
        return orphans_lock(seen)
    return seen.names.supervisor_lock if seen.truth.state in (State.PROGRESS, State.RETRY) else ""


def _answer(found: Awaited, *, any_of: bool, on: str) -> int:
    """Answer for several: the worst news wins; with `any_of`, the best of those that have ended.

    A job that goes on has no answer yet: the news is the answer then, an error a bad one.
    """
    if found.news:
        return State.FAILED.answer if on == "error" else 0
    codes = [each.truth.state.answer for each in found.seen.values()]
    pick: Callable[[list[int]], int] = min if any_of else max
    ended = [code for code in codes if code != STILL_RUNNING]
    if any_of and ended:
        return pick(ended)
    if on == "error" and any(ended):
        return max(ended)
    return max(codes)


def settled(names: Names, timeout_s: float) -> bool:
    """Wait until nobody holds a lock of a run; False after the timeout."""
    deadline = time.monotonic() + timeout_s
    while not (seen := look(names)).truth.state.final:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        lock = _lock_of(seen)
        if lock and is_held(lock):
            wait_until_free({"": lock}, left)
        else:
            time.sleep(_BEFORE_START_S)
    return True
