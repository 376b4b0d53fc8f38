"""List the jobs of the project, or the runs of one job, newest first."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import folder_of, number, seconds
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--job", metavar="NAME", default="", help="list the runs of this job")
    parser.add_argument("name", nargs="?", metavar="NAME", default="", help="same as --job")
    parser.add_argument("--since", metavar="TIME", default="0", help="only runs that began in this time (30m, 8h)")
    parser.add_argument("--elements", action="store_true", help="list the elements of this array, a row each")
    parser.add_argument("--most", metavar="N", default="10", help="print at most N rows (default 10)")
    parser.add_argument(
        "--after", metavar="CURSOR", default="", help="print the rows that follow a page that ended here"
    )


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.list import ListSelection, job_list

    since_s = seconds(arguments.since, "--since")
    most = number(arguments.most, "--most")
    job = arguments.job or arguments.name
    selection = ListSelection(job, most, since_s, arguments.after, arguments.elements)
    return job_list(folder_of(arguments), selection)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry job list", "sygaldry job list build --json"),
)
