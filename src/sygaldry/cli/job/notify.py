"""Send the state of a job to its channels now, to try them out."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import add_job, job_of, place
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser)


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.lookup import jobs_folder
    from sygaldry.flows.job.notify import job_notify

    resolved, workspace = place(arguments)
    return job_notify(jobs_folder(resolved, workspace), job_of(arguments), arguments.run, resolved.settings.notify)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root", "notify"),
    examples=("sygaldry job notify --job build --notify desktop",),
)
