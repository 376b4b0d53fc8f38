"""Run one task of a submitted run on this node; the first node starts it on all."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("record", help="record of the run")


def _act(arguments: Namespace) -> int:
    from sygaldry.flows.job.spread import job_run_task

    return job_run_task(arguments.record)


VERB: Final = Verb(_arguments, _act, settings=(), examples=("sygaldry job run-task RECORD.json",))
