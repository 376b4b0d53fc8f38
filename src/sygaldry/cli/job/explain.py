"""Explain why a job or any other command failed: cause, log lines, place, next step."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import add_job, folder_of, job_of
from sygaldry.model.errors import NoSuchJobError, UsageError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser)
    parser.add_argument(
        "--log",
        metavar="FILE",
        action="append",
        help="explain this log: plain, .gz, .bz2, .xz, .zst, .zip or .tar, a folder, or - (standard input); repeatable",
    )
    parser.add_argument("--rc", metavar="N", default="-", help="exit code of that command; - if unknown")
    parser.add_argument(
        "--good", metavar="FILE", help="log, archive or folder of a successful run; its lines are ignored as noise"
    )
    parser.add_argument("--tokens", metavar="N", default="200", help="length limit of the answer (default 200)")
    parser.add_argument("--since", metavar="TIME", default="", help="leave out lines stamped before; 10m, or ISO 8601")
    parser.add_argument("--format", metavar="NAME", default="text", help="text, github, json or sarif (default text)")


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.explain_log import LogRequest, explain_log, formatted

    if arguments.json and arguments.format in ("github", "sarif"):
        raise UsageError("give either --json or --format, not both", hint="omit --json")
    typed = (arguments.rc, arguments.good or "", arguments.tokens, arguments.since, arguments.format)
    request = LogRequest(tuple(arguments.log or ()), *typed)
    if arguments.job or arguments.name:
        from sygaldry.flows.job.explain import job_explain

        if arguments.log:
            raise UsageError("give either a job or --log, not both", hint="omit --log: the log of a job is known")
        if arguments.rc != "-":
            raise UsageError(
                "give either a job or --rc, not both", hint="omit --rc: the exit code of a job is recorded"
            )
        job = job_of(arguments)
        try:
            report = job_explain(folder_of(arguments), job, arguments.run, arguments.tokens, request)
        except NoSuchJobError as error:
            from pathlib import Path
            from shlex import quote

            if not Path(job).exists():
                raise
            raise NoSuchJobError(error.problem, hint=f"for a log: sygaldry job explain --log {quote(job)}") from error
        return formatted(report, arguments.format)
    return explain_log(request)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=(
        "sygaldry job explain --job build",
        "sygaldry job explain --log build.log --rc 2",
        "make >build.log 2>&1 || sygaldry job explain --log build.log --rc $?",
        "sygaldry job explain --log some.log.gz --rc 1 --json",
        "sygaldry job explain --log logs.zip --rc 1 --format github",
    ),
)
