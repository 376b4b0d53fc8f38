"""List the queued jobs in the order in which they start; --start continues after a restart of the machine.

A queued job keeps its place when its process is killed and when the machine is restarted. The next `job run` or
`job wait` of the project continues the queue, and so does --start, for instance from a crontab: @reboot.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import folder_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--start", action="store_true", help="restart queued jobs whose process is gone")


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.queue import job_queue

    return job_queue(folder_of(arguments), starts=arguments.start)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry job queue", "sygaldry job queue --project-id PROJECT --start"),
)
