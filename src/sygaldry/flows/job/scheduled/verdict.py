"""The state of a run that a scheduler started, where no lock of it can be seen."""

from sygaldry.flows.job.scheduled.ask import scheduler_evidence
from sygaldry.flows.job.scheduled.record import load_record
from sygaldry.jobs.paths import RunFiles
from sygaldry.jobs.scheduled import ending_of, infer_scheduled_state
from sygaldry.jobs.state import Evidence, RunState
from sygaldry.model.job import Ender


def scheduled_verdict(paths: RunFiles, evidence: Evidence, verdict: RunState, max_age_s: float) -> RunState:
    """Return the state by the scheduler's word; the verdict of any other run stays as it is.

    A visible lock and a file of the run's own outrank the scheduler. Its word explains only an end by a signal.
    """
    record = load_record(paths)
    if record is None or evidence.anchor or evidence.host:
        return verdict
    ended = evidence.exit is not None or evidence.code is not None
    if ended and verdict.by is not Ender.MACHINE:
        return verdict
    found = scheduler_evidence(paths, record, started=evidence.started, max_age_s=max_age_s)
    if ended:
        return (ending_of(found.report, found.title, verdict.code) if found.report else None) or verdict
    return infer_scheduled_state(found, started=evidence.started, stop_requested=evidence.stop_requested)
