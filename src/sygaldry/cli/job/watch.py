"""Watch all jobs in the terminal, or one with its progress bar and last lines; Ctrl-C does not stop a job."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import add_job, folder_of, job_of
from sygaldry.cli.job.tail import print_line
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser)


def _act(arguments: Namespace) -> int:
    if not arguments.name and not arguments.job:
        from sygaldry.flows.job.screen.loop import watch_all

        return watch_all(folder_of(arguments), print_line)
    from sygaldry.flows.job.watch import job_watch

    return job_watch(folder_of(arguments), job_of(arguments), arguments.run, print_line)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry job watch", "sygaldry job watch --job build"),
)
