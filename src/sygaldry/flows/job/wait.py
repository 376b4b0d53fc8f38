"""Wait for jobs without polling, by their locks; the exit code is the answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sygaldry.flows.job import wake_conditions
from sygaldry.flows.job.facts import facts
from sygaldry.flows.job.headline import short_lines
from sygaldry.flows.job.lookup import RunSnapshot, find_run, inspect_run
from sygaldry.flows.job.restart import is_abandoned, restart_queued
from sygaldry.flows.job.scheduled.ask import COMMON_S
from sygaldry.flows.job.scheduled.record import load_record
from sygaldry.flows.job.until_final import lock_of
from sygaldry.host.locks import is_held, wait_until_free
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.exit_codes import ERROR_LINE, STILL_RUNNING
from sygaldry.model.job import State
from sygaldry.model.report import Json, Report

_BEFORE_START_S = 0.02
_BETWEEN_S = 0.25


@dataclass(frozen=True)
class WaitOptions:
    """What to wait for; a timeout of 0 is none."""

    run: str = ""
    any_of: bool = False
    on: str = "done"
    after: int = 0  # the sequence number of an event that the caller knows
    timeout_s: float = 0


@dataclass(frozen=True)
class WaitResult:
    """The state of each job when a wait ends, and the events that ended it, if any."""

    snapshot: dict[str, RunSnapshot]
    news: dict[str, events.Event] = field(default_factory=dict)


def job_wait(folder: str, jobs: tuple[str, ...], until: WaitOptions) -> Report:
    """Block until the jobs (or one of them) have ended or an awaited event occurs, at most until the timeout."""
    waiting = {job: find_run(folder, job, until.run) for job in jobs}
    found = wait_for(waiting, until)
    answered = {job: facts(each) for job, each in found.snapshot.items()}
    lines: list[str] = []
    for job in jobs:
        lines += short_lines(found.snapshot[job], answered[job], named=len(jobs) > 1)
        if job in found.news:
            lines.append(f"  {wake_conditions.format_event(until.on, found.news[job])}")
    data: dict[str, Json] = {"jobs": list(answered.values()), "news": dict(found.news)}
    return Report(data, tuple(lines), exit_code=_answer(found, any_of=until.any_of, on=until.on))


def wait_for(waiting: dict[str, RunFiles], until: WaitOptions) -> WaitResult:
    """Wait and return the state of each job."""
    deadline = time.monotonic() + until.timeout_s if until.timeout_s else None
    on, any_of = until.on, until.any_of
    watched = {job: wake_conditions.WakeEvents(paths, on, until.after) for job, paths in waiting.items()}
    while True:
        snapshot = {job: inspect_run(paths, answer_age_s=COMMON_S) for job, paths in waiting.items()}
        final = [each for each in snapshot.values() if each.state.final]
        if len(final) == len(snapshot) or (any_of and final):
            return WaitResult(snapshot)
        if on == "error" and any(each.state is not State.DONE for each in final):
            return WaitResult(snapshot)
        alive = [job for job, each in snapshot.items() if not each.state.final]
        news = {job: event for job in alive if (event := watched[job].poll())}
        if news:
            return WaitResult(snapshot, news)
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return WaitResult(snapshot)
        for folder in {each.paths.folder for each in snapshot.values() if is_abandoned(each)}:
            restart_queued(folder)
        _sleep(snapshot, left, watches=on != "done")


def _sleep(snapshot: dict[str, RunSnapshot], left: float | None, *, watches: bool) -> None:
    """Sleep until a lock is released. Before a job has begun there is none, so poll; events are polled too."""
    alive = {job: each for job, each in snapshot.items() if not each.state.final}
    # A lock that is held on another node may be invisible here: then only polling is left.
    held = {job: lock for job, each in alive.items() if (lock := lock_of(each)) and is_held(lock)}
    begun = len(held) == len(alive)
    longest = _BETWEEN_S if watches else None
    if not begun:
        patient = any(each.state is State.QUEUED or load_record(each.paths) for each in alive.values())
        longest = _BETWEEN_S if patient else _BEFORE_START_S
    if left is not None:
        longest = left if longest is None else min(left, longest)
    if held and begun:
        wait_until_free(held, longest)
    else:
        time.sleep(_BEFORE_START_S if longest is None else longest)


def _answer(found: WaitResult, *, any_of: bool, on: str) -> int:
    """Combine several answers: the worst wins; with `any_of`, the best of the ended jobs.

    A job that still runs has no answer of its own: then the event is the answer, an error a bad one.
    """
    if found.news:
        return ERROR_LINE if on == "error" else 0
    codes = [each.state.answer for each in found.snapshot.values()]
    pick: Callable[[list[int]], int] = min if any_of else max
    ended = [code for code in codes if code != STILL_RUNNING]
    if any_of and ended:
        return pick(ended)
    if on == "error" and any(ended):
        return max(ended)
    return max(codes)
