"""Start a command as a job and return at once; it survives the terminal and the agent.

Several words are an exact argument list; a single word is run by `bash -lc`.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli._coding_agent import is_coding_agent
from sygaldry.cli.job._arguments import number, place, seconds, signal_before, size_bytes
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.value import replace
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--job", metavar="NAME", help="job name: letters, digits, '.', '_', '-'")
    parser.add_argument("--wait", metavar="TIME", default="", help="wait this long for the end and report it")
    parser.add_argument("--timeout", metavar="TIME", default="0", help="end the job after this time (90, 15m, 2h)")
    parser.add_argument(
        "--idle-timeout", metavar="TIME", default="0", help="end the job when it prints nothing for this time"
    )
    parser.add_argument(
        "--stall",
        metavar="TIME",
        default="10m",
        help="record a stall after this silence (default 10m)",
    )
    parser.add_argument(
        "--grace", metavar="TIME", default="10", help="seconds between SIGTERM and SIGKILL (default 10)"
    )
    parser.add_argument(
        "--retries", metavar="N", default="0", help="retry transient failures up to N times (default 0)"
    )
    parser.add_argument(
        "--backoff", metavar="TIME", default="10", help="pause before a retry, doubled each time (default 10)"
    )
    parser.add_argument("--after", metavar="JOB", action="append", help="start after this job is DONE; may be repeated")
    parser.add_argument("--slots", metavar="N", default="0", help="start when fewer than N jobs of the project run")
    parser.add_argument("--group", metavar="NAME", default="", help="--slots counts only the jobs of this group")
    parser.add_argument("--priority", metavar="N", default="0", help="queued jobs with a higher one start first")
    parser.add_argument("--stdin", action="store_true", help="keep its input open for: job send")
    parser.add_argument(
        "--log-max", metavar="SIZE", default="0", help="keep start and end of the log (default: no bound)"
    )
    parser.add_argument(
        "--log-mode",
        choices=("file", "pipe"),
        default="file",
        help="pipe: mask secrets, survive a full disk (default file)",
    )
    parser.add_argument(
        "--on-gpu-lost",
        choices=("report", "fail"),
        default="report",
        help="when a GPU is lost: record it (default), or end the job",
    )
    parser.add_argument(
        "--mask", metavar="VARIABLE", action="append", help="mask the value of this variable, by --log-mode pipe"
    )

    parser.add_argument("--signal", metavar="SIG@TIME", default="", help="warn it before its limit: USR1@5m")
    parser.add_argument(
        "--array",
        metavar="TASKS",
        default="",
        help="run a job NAME.N for each N: 0-99, or 0-99%%4",
    )
    parser.add_argument("--gpus", metavar="N", default="", help="GPUs of a scheduled job")
    parser.add_argument("--nodes", metavar="N", default="0", help="number of nodes of a scheduled job")
    parser.add_argument("--ntasks", metavar="N", default="0", help="number of tasks of a scheduled job")
    parser.add_argument("--begin", metavar="TIME", default="", help="start time of a scheduled job, such as now+1hour")
    parser.add_argument("--nice", metavar="N", default="0", help="lower the priority of a scheduled job")
    parser.add_argument("--requeue", action="store_true", help="let the scheduler start it again after a node failure")


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.batch.options import BatchOptions
    from sygaldry.flows.job.run import job_run
    from sygaldry.flows.launch.request import Request
    from sygaldry.host.machine import this_machine
    from sygaldry.host.settings import current_folder
    from sygaldry.jobs.limits import Limits

    if not arguments.job:
        raise UsageError("a job needs a name", hint="sygaldry job run --job NAME -- COMMAND ...")
    resolved, workspace = place(arguments)
    warning, warning_s = signal_before(arguments.signal, "--signal")
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
        group=arguments.group,
        priority=number(arguments.priority, "--priority"),
        stdin=arguments.stdin,
        log_mode="pipe" if arguments.mask else arguments.log_mode,
        mask=tuple(arguments.mask or ()),
        on_gpu_lost=arguments.on_gpu_lost,
        warning=warning,
        warning_s=warning_s,
    )
    request = Request(resolved, workspace, tuple(arguments.command), folder=current_folder())
    batch = BatchOptions(
        gpus=arguments.gpus,
        nodes=number(arguments.nodes, "--nodes"),
        tasks=number(arguments.ntasks, "--ntasks"),
        begin=arguments.begin,
        nice=number(arguments.nice, "--nice"),
        requeue=arguments.requeue,
        array=arguments.array,
    )
    report = job_run(request, this_machine(resolved.settings.rootfs), arguments.job, limits, batch)
    if arguments.wait:
        from sygaldry.flows.job.wait import WaitOptions, job_wait

        patience_s = seconds(arguments.wait, "--wait")
        ended = job_wait(str(report.data["folder"]), (arguments.job,), WaitOptions(timeout_s=max(patience_s, 0.1)))
        return replace(ended, notes=report.notes if not is_coding_agent() else ())
    return replace(report, notes=()) if is_coding_agent() else report


VERB: Final = Verb(
    _arguments,
    _act,
    takes_command=True,
    settings=("project_id", "workspace", "runtime", "gpu", "memory", "notify", "executor", "partition", "gres"),
    examples=(
        "sygaldry job run --job build -- bazel build //...",
        "sygaldry job run --job stack --timeout 12h --retries 2 -- pkg/zephyr/build.sh",
        "sygaldry job run --job test --after build -- 'make check | tee report'",
    ),
)
