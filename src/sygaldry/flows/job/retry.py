"""Start a job again with the command and limits of an earlier run."""

import json
from dataclasses import fields
from typing import Any

from sygaldry.flows.job.lookup import find_run, jobs_folder
from sygaldry.flows.job.run import job_run
from sygaldry.flows.launch.request import Request
from sygaldry.jobs.limits import Limits
from sygaldry.model.errors import StorageError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report
from sygaldry.model.value import replace


def job_retry(request: Request, machine: Machine, job: str, run: str = "") -> Report:
    """Start a new run with the command, folder and limits of an earlier one; the current settings apply."""
    paths = find_run(jobs_folder(request.resolved, request.workspace), job, run)
    try:
        with open(paths.spec, encoding="utf-8", errors="surrogateescape") as file:
            spec = json.load(file)
        known = {each.name for each in fields(Limits)}
        limits: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in spec.items() if name in known
        }
        words = tuple(str(word) for word in spec["argv"])
        folder = str(spec.get("directory", ""))  # absent in runs of older releases
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"cannot read the specification of job {job}: {paths.spec}", hint=f"sygaldry job run --job {job} -- COMMAND"
        ) from error
    settings = request.resolved.settings
    resolved = replace(request.resolved, settings=replace(settings, workdir=settings.workdir or folder))
    return job_run(
        replace(request, command=words, resolved=resolved),
        machine,
        job,
        Limits(**limits),
    )
