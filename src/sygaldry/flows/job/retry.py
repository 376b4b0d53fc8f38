"""Start a job again with the command and limits of an earlier run."""

from dataclasses import fields
from typing import Any, Final

from sygaldry.flows.job.lookup import find_run, jobs_folder
from sygaldry.flows.job.notify import channels_of
from sygaldry.flows.job.record import read_request
from sygaldry.flows.job.run import job_run
from sygaldry.flows.launch.request import Request
from sygaldry.jobs.limits import Limits
from sygaldry.model.errors import StorageError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report
from sygaldry.model.value import replace

_LARGEST: Final = 1 << 62


def job_retry(request: Request, machine: Machine, job: str, run: str = "") -> Report:
    """Start a new run with the command, folder and limits of an earlier one; the current settings apply."""
    paths = find_run(jobs_folder(request.resolved, request.workspace), job, run)
    spec = read_request(paths)
    words = spec.get("argv")
    if not isinstance(words, list) or not words:
        raise StorageError(
            f"cannot read the specification of job {job}: {paths.request}",
            hint=f"sygaldry job run --job {job} -- COMMAND",
        )
    folder = str(spec.get("directory", ""))  # absent in runs of older releases
    settings = request.resolved.settings
    notify = settings.notify or channels_of(paths)
    resolved = replace(request.resolved, settings=replace(settings, workdir=settings.workdir or folder, notify=notify))
    return job_run(
        replace(request, command=tuple(str(word) for word in words), resolved=resolved),
        machine,
        job,
        limits_of(spec),
    )


def limits_of(spec: dict[str, Any]) -> Limits:
    """Return the limits of a specification; a value of another type than ours is left at its default."""
    found: dict[str, Any] = {}
    for each in fields(Limits):
        value, default = spec.get(each.name), each.default
        if isinstance(default, tuple) and isinstance(value, list):
            found[each.name] = tuple(str(word) for word in value)
        elif (isinstance(default, str) and isinstance(value, str)) or (
            isinstance(default, (int, float)) and isinstance(value, (int, float)) and 0 <= value < _LARGEST
        ):
            found[each.name] = value
    return Limits(**found)
