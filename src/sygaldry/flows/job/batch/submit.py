"""Submit a run to a scheduler; an answer that was lost is looked for before anything is submitted again."""

import os
import time
from dataclasses import asdict
from typing import Final
from uuid import uuid4

from sygaldry import schedulers
from sygaldry.config.settings import all_settings
from sygaldry.flows.job.batch.options import BatchRequest
from sygaldry.flows.job.batch.order import dependencies, free_chain
from sygaldry.flows.job.runner.final_state import record_exit
from sygaldry.flows.job.scheduled.ask import ask_scheduler, forget_answer
from sygaldry.flows.job.scheduled.record import ScheduledRun, base_of, folder_of, output_path, save_record, with_handle
from sygaldry.flows.launch.request import Request
from sygaldry.flows.runtime.scheduler import program
from sygaldry.host import files
from sygaldry.host.run import run
from sygaldry.jobs import events
from sygaldry.jobs.limits import Limits
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.batch import BatchJob, Handle
from sygaldry.model.command import Command
from sygaldry.model.errors import CommandFailedError
from sygaldry.model.job import State

# The supervisor ends a job at --timeout; the scheduler's limit lies behind it, and its clock is coarse.
_RESERVE_S: Final = 120
_LOOKS: Final = 6
_BETWEEN_S: Final = 2.0
# Variables of the caller that a command expects and that hold no secret; the rest comes from the node's login shell.
_EXPORTED: Final = ("LANG", "LC_ALL", "TZ", "TERM", "PATH")


def submit(paths: RunFiles, request: Request, limits: Limits, batch: BatchRequest) -> str:
    """Submit a run; returns one line about it. Raises CommandFailedError if the scheduler refused it."""
    after = dependencies(paths, limits)
    chain, waits_for = free_chain(paths, limits.slots)
    record = _record(paths, request, limits, batch, chain)
    files.make_folder(folder_of(paths))
    save_record(paths, record)
    script, scheduler = f"{base_of(paths)}.sh", schedulers.get(batch.scheduler)
    try:
        job = _batch_job(paths, record, batch)
        files.replace(script, scheduler.script(job), 0o700)
        handle = _submit_once(paths, record, scheduler.submit(job, script, after, waits_for))
    except ValueError as error:
        record_exit(paths, State.FAILED, "scheduler", f"{scheduler.title} refused it: {error}")
        raise CommandFailedError(
            f"{scheduler.title} refused the job: {error}",
            hint="list what this cluster offers: sinfo; see also: sygaldry doctor",
        ) from error
    save_record(paths, with_handle(record, handle))
    forget_answer(paths, batch.scheduler)
    identity = handle.id if handle else ""
    events.Events(paths.events).append("scheduled", 0, scheduler=batch.scheduler, id=identity, uuid=record.uuid)
    if handle is None:
        return f"{scheduler.title} did not answer; whether it accepted the job will show in its status"
    return f"{scheduler.title} job {handle.id}"


def _submit_once(paths: RunFiles, record: ScheduledRun, command: Command) -> Handle | None:
    """Submit; if the answer was lost, look for the job for a while.

    It is never submitted again: a controller that was frozen accepts a job long after its client gave up.
    """
    scheduler = schedulers.get(record.scheduler)
    if handle := scheduler.submitted(run(command)):
        return handle
    for _ in range(_LOOKS):
        found = [each.handle for each in ask_scheduler(paths, record.scheduler, 0).reports if each.uuid == record.uuid]
        if found:
            return found[-1]
        time.sleep(_BETWEEN_S)
    return None


def _record(paths: RunFiles, request: Request, limits: Limits, batch: BatchRequest, chain: int) -> ScheduledRun:
    uuid = uuid4().hex
    settings = {each.name: getattr(request.resolved.settings, each.name) for each in all_settings()}
    return ScheduledRun(
        uuid=uuid,
        scheduler=batch.scheduler,
        name=f"{paths.job[:24]}.{uuid}",
        job=paths.job,
        run=paths.run,
        workspace=str(request.workspace),
        command=request.command,
        settings=settings,
        limits=limits,
        chain=chain,
        array=batch.options.array,
        folder=request.folder,
        options=asdict(batch.options),
    )


def _batch_job(paths: RunFiles, record: ScheduledRun, batch: BatchRequest) -> BatchJob:
    limits = record.limits
    return BatchJob(
        uuid=record.uuid,
        job=paths.job,
        run=paths.run,
        command=(*program(), "job", "run-submitted", f"{base_of(paths)}.json"),
        folder=record.workspace,
        claim=f"{base_of(paths)}.claim",
        output=output_path(paths),
        resources=batch.resources,
        variables={name: os.environ[name] for name in _EXPORTED if name in os.environ},
        time_limit_s=limits.timeout_s + limits.grace_s + _RESERVE_S if limits.timeout_s else 0,
        # Before --timeout, the supervisor sends it to the second.
        warning=limits.warning if not limits.timeout_s else "",
        warning_s=limits.warning_s,
        array=batch.options.array,
        requeue=limits.requeue,
    )
