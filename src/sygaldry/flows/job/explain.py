"""Explain why a job failed, from its recorded state, its log, and its last successful run."""

import os

from sygaldry import diagnosis, explain
from sygaldry.flows.job.explain_log import explain_source, parse_tokens
from sygaldry.flows.job.facts import facts, line
from sygaldry.flows.job.lookup import RunSnapshot, find_run, inspect_run
from sygaldry.flows.job.scheduled.elements import element_files
from sygaldry.host.logs import open_log
from sygaldry.jobs import events
from sygaldry.jobs.history import attempt_of, good_runs
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.job import State
from sygaldry.model.report import Report
from sygaldry.model.value import replace


def job_explain(folder: str, job: str, run: str, tokens: str) -> Report:
    """Report the cause of a failed job; a running or successful job has none."""
    budget = parse_tokens(tokens)
    snapshot = inspect_run(find_run(folder, job, run))
    data = facts(snapshot)
    head = line(snapshot, data)
    state = snapshot.state
    if bad := _failed_element(snapshot):
        return _explain_element(folder, bad, head, tokens)
    if not state.final or state is State.DONE:
        reason = "there is no cause to look for" if state is State.DONE else "it has not ended yet"
        return Report({"job": data, "succeeded": state is State.DONE, "cause": None}, (head, reason))
    if not os.path.exists(snapshot.log):
        return Report({"job": data, "succeeded": False, "cause": None}, (head, "it printed nothing"))
    found = explain_source(open_log(snapshot.log, follow_links=False), facts_of(snapshot), budget, noise_of(snapshot))
    verdict = (f"{state}: {snapshot.why}",) if state not in (State.FAILED, State.OOM) else ()
    return Report({"job": data, **found.data}, (*verdict, *found.lines))


def _failed_element(snapshot: RunSnapshot) -> RunFiles | None:
    """Return the first element of an array that failed; others may still run."""
    failed = (each for each in snapshot.elements if each.state.final and each.state is not State.DONE)
    first = min(failed, key=lambda each: (each.state is State.STOPPED, each.task), default=None)
    return element_files(snapshot.paths, first.task) if first else None


def _explain_element(folder: str, element: RunFiles, head: str, tokens: str) -> Report:
    found = job_explain(folder, element.job, element.run, tokens)
    return replace(found, lines=(head, f"cause in {element.job}", *found.lines))


def facts_of(snapshot: RunSnapshot) -> diagnosis.Facts:
    """Return what is known of the end beside the log."""
    code = snapshot.code
    full = events.last(snapshot.paths.events, "at-failure").get("full")
    return diagnosis.Facts(
        code,
        signal=code - 128 if code is not None and code > 128 else 0,
        out_of_memory=snapshot.state is State.OOM,
        timed_out=snapshot.state is State.TIMEOUT,
        disk_full=bool(full) or bool(events.last(snapshot.paths.events, "disk-low")),
        full_disk=str(full[0])[:120] if isinstance(full, list) and full else "",
        stopped=snapshot.state is State.STOPPED,
    )


def noise_of(snapshot: RunSnapshot) -> bytes:
    """Learn from the newest successful run what the job prints in any case."""
    for paths, exit_event in good_runs(snapshot.paths.folder, snapshot.paths.job, snapshot.paths.run):
        path = paths.log(attempt_of(exit_event))
        if os.path.exists(path):
            return explain.learn(open_log(path, follow_links=False))
    return b""
