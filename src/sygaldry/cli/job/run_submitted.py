"""Start a submitted run on this node, in the foreground; batch scripts call it."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import number
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("record", help="record of the run, as its batch script names it")
    parser.add_argument("--task", metavar="N", help="task of an array")
    parser.add_argument("--restart", metavar="N", default="0", help="how often the scheduler has started it before")


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.run_submitted import job_run_submitted

    task = number(arguments.task, "--task") if arguments.task else None
    return job_run_submitted(arguments.record, task, number(arguments.restart, "--restart"))


VERB: Final = Verb(_arguments, _act, settings=(), examples=("sygaldry job run-submitted RECORD.json",))
