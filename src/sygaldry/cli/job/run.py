"""Start a command as a job and return at once; it goes on when the terminal or the agent is gone.

Several words are an exact argument list; one word is given to `bash -lc`.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli._coding_agent import is_coding_agent
from sygaldry.cli.job._arguments import number, place, seconds, size_bytes
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.value import replace
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--job", metavar="NAME", help="its name: letters, digits, '.', '_', '-'")
    parser.add_argument("--timeout", metavar="TIME", default="0", help="end it after so long (90, 15m, 2h)")
    parser.add_argument("--idle-timeout", metavar="TIME", default="0", help="end it when it prints nothing for so long")
    parser.add_argument("--stall", metavar="TIME", default="10m", help="tell when it prints nothing for so long (10m)")
    parser.add_argument("--grace", metavar="TIME", default="10", help="time between asking to end and killing (10)")
    parser.add_argument("--retries", metavar="N", default="0", help="try again so often what may pass (0)")
    parser.add_argument("--backoff", metavar="TIME", default="10", help="pause before trying again, doubled each time")
    parser.add_argument("--after", metavar="JOB", action="append", help="begin when this job is done; may be repeated")
    parser.add_argument("--slots", metavar="N", default="0", help="begin when fewer than N jobs of the project run")
    parser.add_argument("--log-max", metavar="SIZE", default="0", help="keep head and end of a longer log (2g)")
    parser.add_argument(
        "--log-mode",
        choices=("file", "pipe"),
        default="file",
        help="pipe: through the supervisor, which masks secrets and outlives a full disk; file costs nothing",
    )
    parser.add_argument("--mask", metavar="VARIABLE", action="append", help="its value is masked (--log-mode pipe)")


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.run import job_run
    from sygaldry.flows.launch.request import Request
    from sygaldry.host.machine import this_machine
    from sygaldry.jobs.limits import Limits

    if not arguments.job:
        raise UsageError("the job needs a name", hint="sygaldry job run --job NAME -- COMMAND ...")
    resolved, workspace = place(arguments)
    limits = Limits(
        timeout_s=seconds(arguments.timeout, "--timeout"),
        idle_timeout_s=seconds(arguments.idle_timeout, "--idle-timeout"),
        stall_s=seconds(arguments.stall, "--stall"),
        grace_s=seconds(arguments.grace, "--grace"),
        log_max=size_bytes(arguments.log_max, "--log-max"),
        retries=number(arguments.retries, "--retries"),
        backoff_s=seconds(arguments.backoff, "--backoff"),
        after=tuple(arguments.after or ()),
        slots=number(arguments.slots, "--slots"),
        log_mode="pipe" if arguments.mask else arguments.log_mode,
        mask=tuple(arguments.mask or ()),
    )
    request = Request(resolved, workspace, tuple(arguments.command))
    report = job_run(request, this_machine(resolved.settings.rootfs), arguments.job, limits)
    return replace(report, notes=()) if is_coding_agent() else report


VERB: Final = Verb(
    _arguments,
    _act,
    takes_command=True,
    settings=("Project", "Runtime", "image"),
    examples=(
        "sygaldry job run --job build -- bazel build //...",
        "sygaldry job run --job stack --timeout 12h --retries 2 -- pkg/zephyr/build.sh",
        "sygaldry job run --job test --after build -- 'make check | tee report'",
    ),
)
