"""Start a job again with the command and limits of an earlier run."""

from dataclasses import fields

from sygaldry.flows.job.batch.options import BatchOptions
from sygaldry.flows.job.lookup import find_run, jobs_folder
from sygaldry.flows.job.notify import channels_of
from sygaldry.flows.job.record import read_request
from sygaldry.flows.job.run import job_run
from sygaldry.flows.job.scheduled.record import ScheduledRun, array_of, load_record
from sygaldry.flows.launch.request import Request
from sygaldry.jobs.limits import parse_limits
from sygaldry.model.errors import StorageError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report
from sygaldry.model.value import replace


def job_retry(request: Request, machine: Machine, job: str, run: str = "") -> Report:
    """Start a new run with the command, folder and limits of an earlier one; the current settings apply."""
    paths = find_run(jobs_folder(request.resolved, request.workspace), job, run)
    array = array_of(paths)
    spec = read_request(paths) or (read_request(array) if array else {})
    words = spec.get("argv")
    if not isinstance(words, list) or not words:
        raise StorageError(
            f"cannot read the specification of job {job}: {paths.request}",
            hint=f"sygaldry job run --job {job} -- COMMAND",
        )
    folder = str(spec.get("directory", ""))  # absent in runs of older releases
    settings = request.resolved.settings
    record = load_record(paths)
    if record:
        settings = replace(settings, executor=record.scheduler)
    notify = settings.notify or channels_of(paths)
    resolved = replace(request.resolved, settings=replace(settings, workdir=settings.workdir or folder, notify=notify))
    return job_run(
        replace(request, command=tuple(str(word) for word in words), resolved=resolved),
        machine,
        array.job if record and record.task >= 0 and array else job,
        parse_limits(spec),
        _options(record),
    )


def _options(record: ScheduledRun | None) -> BatchOptions:
    """Return what the run asked its scheduler for; an element is retried as an array of one."""
    known = {each.name for each in fields(BatchOptions)}
    asked = {name: value for name, value in (record.options if record else {}).items() if name in known}
    return BatchOptions(**(asked | ({"array": str(record.task)} if record and record.task >= 0 else {})))
