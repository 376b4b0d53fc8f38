"""The state of a run that a scheduler started, where no lock of it can be seen."""

from dataclasses import replace
from typing import Final

from sygaldry import schedulers
from sygaldry.explain.text import printable
from sygaldry.flows.job.scheduled.ask import heartbeat_age, remembered_end, scheduler_evidence
from sygaldry.flows.job.scheduled.history import lacks_user
from sygaldry.flows.job.scheduled.record import ScheduledRun, load_record, output_path
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.jobs.scheduled import ending_of, infer_scheduled_state
from sygaldry.jobs.state import Evidence, RunState
from sygaldry.model.batch import Phase
from sygaldry.model.job import Ender, State
from sygaldry.supervisor.ledger import last_attempt
from sygaldry.supervisor.safe_files import read_tail

_SIGNALLED: Final = 128
_REPORTED_WITHIN_S: Final = 60.0
_LAST_BYTES: Final = 4096
_ASKED_AGAIN_S: Final = 5.0  # while the reason of an end is awaited


def scheduled_verdict(paths: RunFiles, evidence: Evidence, verdict: RunState, max_age_s: float) -> RunState:
    """Return the state by the scheduler's word; the verdict of any other run stays as it is.

    A visible lock and a file of the run's own outrank the scheduler. Its word explains only an end by a signal.
    """
    record = load_record(paths)
    if record and record.limits.requeue and evidence.host and evidence.started and evidence.exit is None:
        return RunState(State.RETRY, why="between two starts")
    if record is None:
        return verdict
    is_from_outside = verdict.by is Ender.MACHINE and verdict.state is not State.OOM
    if evidence.anchor or evidence.host:
        # Its processes still end, and the scheduler will say why.
        waits = evidence.exit is not None and is_from_outside
        return RunState(State.UNKNOWN, verdict.code, why=f"{verdict.why}; it is just ending") if waits else verdict
    # A start that was killed with its supervisor left the code of a signal, and no event.
    killed = record.limits.requeue and evidence.exit is None and (evidence.code or 0) > _SIGNALLED
    interrupted = killed or (record.limits.requeue and is_interrupted(paths))
    ended = (evidence.exit is not None or evidence.code is not None) and not interrupted
    if ended and not is_from_outside:
        return verdict
    if ended:
        return _explained(paths, record, verdict, max_age_s)
    found = scheduler_evidence(paths, record, started=evidence.started, max_age_s=max_age_s)
    found = replace(found, interrupted_by=evidence.code if interrupted else None)
    state = infer_scheduled_state(found, started=evidence.started, stop_requested=evidence.stop_requested)
    failed = found.report is not None and found.report.word == "FAILED"
    return _with_last_words(paths, state) if failed and state.by is Ender.SCHEDULER else state


def _with_last_words(paths: RunFiles, state: RunState) -> RunState:
    """Add what the batch script printed last: without an exit code of the job, only that says why it failed."""
    text = read_tail(output_path(paths), _LAST_BYTES).decode("utf-8", "replace")
    words = next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
    return replace(state, why=f"{state.why}; its script's last line: {printable(words)}") if words else state


def _explained(paths: RunFiles, record: ScheduledRun, verdict: RunState, max_age_s: float) -> RunState:
    """Return an end from outside with the scheduler's reason, which may come some seconds later."""
    report = remembered_end(paths)
    is_new = heartbeat_age(paths) < _REPORTED_WITHIN_S
    if report is None or (is_new and lacks_user(report)):
        age_s = min(max_age_s, _ASKED_AGAIN_S) if is_new else max_age_s
        found = scheduler_evidence(paths, record, started=True, max_age_s=age_s)
        report = found.report
        if report and report.phase is not Phase.ENDED and is_new:
            why = f"{verdict.why}; {found.title} has not yet reported the reason"
            return RunState(State.UNKNOWN, verdict.code, why=why)
    title = schedulers.get(record.scheduler).title
    return (report and ending_of(report, title, verdict.code)) or verdict


def is_interrupted(paths: RunFiles) -> bool:
    """Return whether a start of a run was ended from outside, and its successor has not begun yet."""
    newest = events.last(paths.events, "interrupted", "requeued", "exit")
    if newest.get("event") == "requeued":
        return last_attempt(paths) < int(newest.get("attempt") or 0)
    return newest.get("event") == "interrupted"
