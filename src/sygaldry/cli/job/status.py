"""Print the state of a job in one line."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import add_job, folder_of, jobs_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser, several=True)
    parser.add_argument(
        "--since",
        metavar="CURSOR",
        default="",
        help="print only `unchanged` if nothing changed since CURSOR (see --json)",
    )


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.status import job_status, statuses

    jobs = jobs_of(arguments)
    if len(jobs) > 1:
        return statuses(folder_of(arguments), jobs)
    return job_status(folder_of(arguments), jobs[0], arguments.run, arguments.since)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry job status --job build", "sygaldry job status build --json"),
)
