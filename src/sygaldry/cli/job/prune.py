"""Remove old runs of jobs; without --apply only list them. Running jobs are never touched."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import folder_of, number, seconds
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--job", metavar="NAME", default="", help="only the runs of this job")
    parser.add_argument("--keep", metavar="N", default="5", help="keep the newest N runs of each job (default 5)")
    parser.add_argument("--older-than", metavar="TIME", default="0", help="only runs older than this, such as 7d")
    parser.add_argument("--apply", action="store_true", help="remove them")


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.prune import job_prune

    return job_prune(
        folder_of(arguments),
        arguments.job,
        keep=number(arguments.keep, "--keep"),
        older_than_s=seconds(arguments.older_than, "--older-than"),
        apply=arguments.apply,
    )


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    deletes=True,
    examples=("sygaldry job prune --keep 3 --older-than 7d --apply",),
)
