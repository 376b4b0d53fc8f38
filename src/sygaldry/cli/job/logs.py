"""Print a part of the output of jobs: by time, pattern or size; escape sequences are removed."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli._print import print_out
from sygaldry.cli.job._arguments import add_job, folder_of, jobs_of, size_bytes
from sygaldry.cli.job.tail import print_line
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser, several=True)
    parser.add_argument("-f", "--follow", action="store_true", help="print new output until the jobs have ended")
    parser.add_argument("--since", metavar="TIME", default="", help="start at this time: 10m (ago), or RFC 3339")
    parser.add_argument("--until", metavar="TIME", default="", help="end at this time")
    parser.add_argument("--grep", metavar="PATTERN", default="", help="only lines that match this regular expression")
    streams = ("log", "events", "both")
    parser.add_argument(
        "--stream", choices=streams, default="log", help="the output, the events, or both (default log)"
    )
    parser.add_argument(
        "--max-bytes", metavar="SIZE", default="64k", help="at most this much, from the end (64k; 0: all)"
    )


def _act(arguments: Namespace) -> Report | int:
    from sygaldry.flows.job.follow import job_follow
    from sygaldry.flows.job.logs import LogSelection, job_logs

    jobs = jobs_of(arguments)
    if arguments.follow:
        return job_follow(folder_of(arguments), jobs, arguments.run, 1 << 20, print_line)
    most = size_bytes(arguments.max_bytes, "--max-bytes")
    selection = LogSelection(arguments.since, arguments.until, arguments.grep, arguments.stream, most)
    if not arguments.json:
        return job_logs(folder_of(arguments), jobs, arguments.run, selection, _write)
    lines: list[str] = []
    job_logs(folder_of(arguments), jobs, arguments.run, selection, lines.append)
    return Report({"job": jobs[0], "jobs": list(jobs), "lines": list(lines)})


def _write(line: str) -> None:
    print_out(line)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=(
        "sygaldry job logs --job build --grep 'error|warning'",
        "sygaldry job logs build --since 10m",
        "sygaldry job logs build test --follow",
    ),
)
