"""Explain why a job failed: its verdict is known, its log holds the cause, its last good run the noise."""

import os

from sygaldry import diagnosis, explain
from sygaldry.flows.job.explain_log import explained, tokens_of
from sygaldry.flows.job.lookup import Seen, look, names_of
from sygaldry.flows.job.status import facts, line
from sygaldry.host.logs import open_log
from sygaldry.jobs import events
from sygaldry.jobs.history import attempt_of, good_runs
from sygaldry.model.job import State
from sygaldry.model.report import Report


def job_explain(folder: str, job: str, run: str, tokens: str) -> Report:
    """Report the cause; a job that still runs or succeeded is accused of nothing."""
    budget = tokens_of(tokens)
    seen = look(names_of(folder, job, run))
    data = facts(seen)
    head = line(seen, data)
    state = seen.truth.state
    if not state.final or state is State.DONE:
        said = "there is no cause to look for" if state is State.DONE else "it has not ended yet"
        return Report({"job": data, "succeeded": state is State.DONE, "cause": None}, (head, said))
    if not os.path.exists(seen.log):
        return Report({"job": data, "succeeded": False, "cause": None}, (head, "it printed nothing"))
    found = explained(open_log(seen.log), _facts_of(seen), budget, _noise(seen))
    said_by = (f"{state}: {seen.truth.why}",) if state not in (State.FAILED, State.OOM) else ()
    return Report({"job": data, **found.data}, (*said_by, *found.lines))


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
    """Learn from the newest run that went well what the job prints anyway."""
    for names, told in good_runs(seen.names.folder, seen.names.job, seen.names.run):
        path = names.log(attempt_of(told))
        if os.path.exists(path):
            return explain.learn(open_log(path))
    return b""
