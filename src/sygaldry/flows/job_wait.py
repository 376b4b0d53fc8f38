"""Wait for jobs, woken by their locks; the exit code is the answer."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sygaldry.flows._jobs import Seen, look, names_of, orphans_lock
from sygaldry.flows.job_status import facts, line
from sygaldry.host.locks import is_held, wait_until_free
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names
from sygaldry.model.job import State
from sygaldry.model.report import Report

_BEFORE_START_S = 0.02
_BETWEEN_S = 1.0
_NEWS = {"phase": ("phase", "retry"), "stall": ("stall",), "error": (), "done": ()}


@dataclass(frozen=True)
class Until:
    """What is waited for; no timeout is 0."""

    run: str = ""
    any_of: bool = False
    on: str = "done"
    timeout_s: float = 0


def job_wait(folder: str, jobs: tuple[str, ...], until: Until) -> Report:
    """Block until the jobs have ended (or one of them, or something happens), at most so long."""
    waiting = {job: names_of(folder, job, until.run) for job in jobs}
    deadline = time.monotonic() + until.timeout_s if until.timeout_s else None
    seen = awaited(waiting, deadline, any_of=until.any_of, on=until.on)
    answered = {job: facts(each) for job, each in seen.items()}
    lines = tuple(line(seen[job], answered[job]) for job in jobs)
    return Report(
        {"jobs": list(answered.values())}, lines, exit_code=_answer(seen.values(), any_of=until.any_of, on=until.on)
    )


def awaited(waiting: dict[str, Names], deadline: float | None, *, any_of: bool, on: str) -> dict[str, Seen]:
    """Wait and return how each job is then."""
    told = {job: _last_told(names, on) for job, names in waiting.items()}
    while True:
        seen = {job: look(names) for job, names in waiting.items()}
        final = [each for each in seen.values() if each.truth.state.final]
        if len(final) == len(seen) or (any_of and final):
            return seen
        if on == "error" and any(each.truth.state is not State.DONE for each in final):
            return seen
        if any(_last_told(names, on) != told[job] for job, names in waiting.items()):
            return seen
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return seen
        _sleep(seen, left, watches=bool(_NEWS[on]))


def _sleep(seen: dict[str, Seen], left: float | None, *, watches: bool) -> None:
    """Sleep until a lock is let go. Before a job has begun there is none; news is looked for each second."""
    held = {job: lock for job, each in seen.items() if (lock := _lock_of(each))}
    begun = len(held) == sum(not each.truth.state.final for each in seen.values())
    longest = _BETWEEN_S if watches else None
    if not begun:
        queued = any(each.truth.state is State.QUEUED for each in seen.values())
        longest = _BETWEEN_S / 4 if queued else _BEFORE_START_S
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


def _last_told(names: Names, on: str) -> int:
    kinds = _NEWS[on]
    return int(events.last(names.events, *kinds).get("seq", 0)) if kinds else 0


def _answer(seen: Iterable[Seen], *, any_of: bool, on: str) -> int:
    """Answer for several: the worst news wins; with `any_of`, the best of those that have ended."""
    codes = [each.truth.state.answer for each in seen]
    pick: Callable[[list[int]], int] = min if any_of else max
    if on in ("phase", "stall") and 124 in codes:
        return 0
    ended = [code for code in codes if code != 124]
    if any_of and ended:
        return pick(ended)
    if on == "error" and any(ended):
        return max(ended)
    return max(codes)


def settled(names: Names, timeout_s: float) -> bool:
    """Wait until nobody holds a lock of a run; False after the timeout."""
    deadline = time.monotonic() + timeout_s
    while not (seen := look(names, asks_engine=False)).truth.state.final:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        lock = _lock_of(seen)
        if lock and is_held(lock):
            wait_until_free({"": lock}, left)
        else:
            time.sleep(_BEFORE_START_S)
    return True
