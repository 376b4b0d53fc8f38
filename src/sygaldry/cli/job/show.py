"""Show everything about a run: command, times, host, limits, attempts, cause and files."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import add_job, folder_of, job_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser)


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.show import job_show

    return job_show(folder_of(arguments), job_of(arguments), arguments.run)


VERB: Final = Verb(_arguments, _act, examples=("sygaldry job show --job build", "sygaldry job show build --json"))
