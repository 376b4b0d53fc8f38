"""Explain why a job failed, from its recorded state, its log, and its last successful run."""

import os
from signal import SIGKILL
from typing import Final

from sygaldry import diagnosis, explain
from sygaldry.flows.job.explain_log import (
    LogRequest,
    check_format,
    explain_source,
    learn_from,
    parse_tokens,
    since_of,
)
from sygaldry.flows.job.explain_options import Options
from sygaldry.flows.job.facts import facts, line
from sygaldry.flows.job.lookup import RunSnapshot, find_run, inspect_run, is_full
from sygaldry.flows.job.scheduled.elements import element_files
from sygaldry.host.logs import open_log
from sygaldry.jobs import events
from sygaldry.jobs.history import attempt_of, good_runs
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.job import State
from sygaldry.model.report import Report
from sygaldry.model.sizes import human
from sygaldry.model.value import replace

_NO_OPTIONS: Final = LogRequest(())


def job_explain(folder: str, job: str, run: str, tokens: str, request: LogRequest = _NO_OPTIONS) -> Report:
    """Report the cause of a failed job; a running or successful job has none."""
    budget = parse_tokens(tokens)
    since = since_of(request.since)
    check_format(request.format)
    snapshot = inspect_run(find_run(folder, job, run))
    data = facts(snapshot)
    head = line(snapshot, data)
    state = snapshot.state
    if bad := _failed_element(snapshot):
        return _explain_element(folder, bad, head, tokens, request)
    if not state.final or state is State.DONE:
        reason = "there is no cause to look for" if state is State.DONE else "it has not ended yet"
        return Report({"job": data, "succeeded": state is State.DONE, "cause": None}, (head, reason))
    verdict = (f"{state}: {snapshot.why}",) if state not in (State.FAILED, State.OOM) else ()
    if not os.path.exists(snapshot.log):
        return Report({"job": data, "succeeded": False, "cause": None}, (head, *verdict, "it printed nothing"))
    noise = learn_from(request.good) if request.good else noise_of(snapshot)
    log = open_log(snapshot.log, follow_links=False)
    found = explain_source(log, facts_of(snapshot), budget, Options(noise, since))
    return Report({"job": data, **found.data}, explain.fitted((*verdict, *found.lines), budget))


def _failed_element(snapshot: RunSnapshot) -> RunFiles | None:
    """Return the first element of an array that failed; others may still run."""
    failed = (each for each in snapshot.elements if each.state.final and each.state is not State.DONE)
    first = min(failed, key=lambda each: (each.state is State.STOPPED, each.task), default=None)
    return element_files(snapshot.paths, first.task) if first else None


def _explain_element(folder: str, element: RunFiles, head: str, tokens: str, request: LogRequest) -> Report:
    found = job_explain(folder, element.job, element.run, tokens, request)
    lines = (head, f"cause in {element.job}", *found.lines)
    return replace(found, lines=explain.fitted(lines, parse_tokens(tokens)))


def facts_of(snapshot: RunSnapshot) -> diagnosis.Facts:
    """Return what is known of the end beside the log."""
    code = snapshot.code
    failure = events.last(snapshot.paths.events, "at-failure")
    full = failure.get("full")
    lost_on_full_disk = snapshot.state is State.LOST and is_full(snapshot.paths.folder)
    return diagnosis.Facts(
        code,
        signal=code - 128 if code is not None and code > 128 else 0,
        out_of_memory=snapshot.state is State.OOM,
        timed_out=snapshot.state is State.TIMEOUT,
        disk_full=bool(full) or lost_on_full_disk or bool(events.last(snapshot.paths.events, "disk-low")),
        full_disk=str(full[0])[:120] if isinstance(full, list) and full else "",
        stopped=snapshot.state is State.STOPPED,
        memory=_memory(events.last(snapshot.paths.events, "progress"), failure) if code == 128 + SIGKILL else "",
    )


def _memory(progress: events.Event, failure: events.Event) -> str:
    """Say what was measured of the memory: a kill has other reasons too, such as a limit of CPU time."""
    held = progress.get("rss_bytes")
    free = failure.get("memory_free_bytes")
    parts = [f"its processes held {human(held)} when last measured"] if isinstance(held, int) and held > 0 else []
    if isinstance(free, int) and free >= 0:
        parts.append(f"{human(free)} were free after it ended")
    return ", ".join(parts)


def noise_of(snapshot: RunSnapshot) -> bytes:
    """Learn from the newest successful run what the job prints in any case."""
    for paths, exit_event in good_runs(snapshot.paths.folder, snapshot.paths.job, snapshot.paths.run):
        path = paths.log(attempt_of(exit_event))
        if os.path.exists(path):
            return explain.learn(open_log(path, follow_links=False))
    return b""
