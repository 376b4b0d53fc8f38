"""Wait for jobs; the exit code is the answer.

0 done, 1 failed, 3 stopped, 4 lost or orphaned, 5 no such job, 6 ended by its own time limit, 124 still running
after --timeout. Waiting uses no CPU: the kernel wakes the process when the job releases its lock.

--on error returns 10 at the first line that reports an error; --on phase and --on stall return 0 when a phase begins
or output stops. The job continues. Only the exit code of the command decides whether a job failed.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import add_job, folder_of, jobs_of, number, seconds
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb

_ON: Final = ("done", "error", "phase", "stall")


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser, several=True)
    parser.add_argument("--timeout", metavar="TIME", default="0", help="wait at most this long (90, 15m, 2h)")
    parser.add_argument(
        "--after-event", metavar="N", default="0", help="with --on: only events after number N, which `wait` printed"
    )
    parser.add_argument("--any", action="store_true", help="return when one of the jobs has ended")
    parser.add_argument("--all", action="store_true", help="return when all jobs have ended (default)")
    parser.add_argument("--on", choices=_ON, default="done", help="return as soon as this happens (default done)")


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.wait import WaitOptions, job_wait

    timeout_s = seconds(arguments.timeout, "--timeout")
    after = number(arguments.after_event, "--after-event")
    until = WaitOptions(arguments.run, arguments.any, arguments.on, after, timeout_s)
    return job_wait(folder_of(arguments), jobs_of(arguments), until)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=(
        "sygaldry job wait --job build --timeout 570; echo $?",
        "sygaldry job wait build test --any",
        "sygaldry job wait build --on error",
    ),
)
