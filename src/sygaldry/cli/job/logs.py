"""Show a part of what a job printed: by time, by pattern, by size; escape sequences are rendered, never passed on."""

import sys
from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import add_job, folder_of, job_of, size_bytes
from sygaldry.cli.job.tail import say
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser)
    parser.add_argument("-f", "--follow", action="store_true", help="go on until the job has ended")
    parser.add_argument("--since", metavar="TIME", default="", help="from this time on: 10m (ago), or RFC 3339")
    parser.add_argument("--until", metavar="TIME", default="", help="up to this time")
    parser.add_argument("--grep", metavar="PATTERN", default="", help="lines that match a regular expression")
    streams = ("log", "events", "both")
    parser.add_argument("--stream", choices=streams, default="log", help="the output, the events, or both (log)")
    parser.add_argument("--max-bytes", metavar="SIZE", default="0", help="at most so much, from the end (64k)")


def _act(arguments: Namespace) -> Report | int:
    from sygaldry.flows.job.logs import Part, job_follow, job_logs

    job = job_of(arguments)
    if arguments.follow:
        return job_follow(folder_of(arguments), job, arguments.run, 1 << 20, say)
    most = size_bytes(arguments.max_bytes, "--max-bytes")
    part = Part(arguments.since, arguments.until, arguments.grep, arguments.stream, most)
    if not arguments.json:
        return job_logs(folder_of(arguments), job, arguments.run, part, _write)
    found: list[str] = []
    job_logs(folder_of(arguments), job, arguments.run, part, found.append)
    return Report({"job": job, "lines": list(found)})


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry job logs --job build --grep 'error|warning'", "sygaldry job logs build --since 10m"),
)
