"""Print the last output lines of jobs; -f follows until they have ended, across retries and newer runs."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli._print import print_out
from sygaldry.cli.job._arguments import add_job, folder_of, jobs_of, number
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser, several=True)
    parser.add_argument("-n", "--lines", metavar="N", default="10", help="number of lines (default 10)")
    parser.add_argument("-f", "--follow", action="store_true", help="print new output until the job has ended")


def _act(arguments: Namespace) -> Report | int:
    from sygaldry.flows.job.follow import job_follow
    from sygaldry.flows.job.logs import job_tail

    lines = number(arguments.lines, "--lines")
    if not arguments.follow:
        return job_tail(folder_of(arguments), jobs_of(arguments), arguments.run, lines)
    return job_follow(folder_of(arguments), jobs_of(arguments), arguments.run, lines, print_line)


def print_line(line: str) -> None:
    """Print a line and flush it."""
    print_out(line, flush=True)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry job tail --job build --lines 20", "sygaldry job tail build test -f"),
)
