"""Explain why a job failed, from its recorded state, its log, and its last successful run."""

import os

from sygaldry import diagnosis, explain
from sygaldry.flows.job.explain_log import explain_source, parse_tokens
from sygaldry.flows.job.lookup import Seen, look, names_of
from sygaldry.flows.job.status import facts, line
from sygaldry.host.logs import open_log
from sygaldry.jobs import events
from sygaldry.jobs.history import attempt_of, good_runs
from sygaldry.model.job import State
from sygaldry.model.report import Report


def job_explain(folder: str, job: str, run: str, tokens: str) -> Report:
    """Report the cause of a failed job; a running or successful job has none."""
    budget = parse_tokens(tokens)
    seen = look(names_of(folder, job, run))
    data = facts(seen)
    head = line(seen, data)
    state = seen.truth.state
    if not state.final or state is State.DONE:
        reason = (
            "the job succeeded; there is no cause to look for" if state is State.DONE else "the job has not ended yet"
        )
        return Report({"job": data, "succeeded": state is State.DONE, "cause": None}, (head, reason))
    if not os.path.exists(seen.log):
        return Report({"job": data, "succeeded": False, "cause": None}, (head, "the job printed nothing"))
    found = explain_source(open_log(seen.log), _facts_of(seen), budget, _noise(seen))
    verdict = (f"{state}: {seen.truth.why}",) if state not in (State.FAILED, State.OOM) else ()
    return Report({"job": data, **found.data}, (*verdict, *found.lines))


def _facts_of(seen: Seen) -> diagnosis.Facts:
    code = seen.truth.code
    return diagnosis.Facts(
        code,
        signal=code - 128 if code is not None and code > 128 else 0,
        out_of_memory=seen.truth.state is State.OOM,
        timed_out=seen.truth.state is State.TIMEOUT,
        disk_full=bool(events.last(seen.names.events, "disk-low")),
        stopped=seen.truth.state is State.STOPPED,
    )


def _noise(seen: Seen) -> bytes:
    """Learn from the newest successful run what the job prints in any case."""
    for names, record in good_runs(seen.names.folder, seen.names.job, seen.names.run):
        path = names.log(attempt_of(record))
        if os.path.exists(path):
            return explain.learn(open_log(path))
    return b""
