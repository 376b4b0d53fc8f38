"""Install exactly what the lock says, resuming whatever was interrupted; never concretizes.

Installed packages are kept, cached ones are fetched, the rest is built; a failed package stops only its dependents.
Finally it regenerates the view. --dry-run prints the plan. pkg/*/build.sh is this verb.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.env.build import env_build
from sygaldry.flows.env.environment import find_store, load_environment
from sygaldry.flows.env.install.plan import BuildOptions, prepare
from sygaldry.flows.env.install.plan_report import plan_report
from sygaldry.flows.env.install.refusals import refusals
from sygaldry.flows.lock.check import require_lock
from sygaldry.flows.runtime.scheduler import chosen_scheduler
from sygaldry.host.http import fetch
from sygaldry.host.process_group import StopSignal
from sygaldry.host.run import run
from sygaldry.host.settings import resolved_settings, workspace_folder
from sygaldry.lockfile.lock import FILE
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb

_NODES: Final = 4


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "environment",
        nargs="?",
        default="",
        metavar="ENVIRONMENT",
        help="folder of the environment (default: pkg/zephyr)",
    )
    parser.add_argument("--dry-run", "-n", action="store_true", help="print the plan and change nothing")
    parser.add_argument("--jobs", "-j", type=int, default=0, metavar="N", help="compile with N processes a package")
    parser.add_argument("--packages-at-once", "-p", type=int, default=1, metavar="N", help="build N packages at a time")
    parser.add_argument("--only-cache", action="store_true", help="refuse when anything must be built")
    parser.add_argument("--no-cache", action="store_true", help="build everything, whatever the caches have")
    parser.add_argument("--anyway", action="store_true", help="build although this machine does not match the lock")
    parser.add_argument(
        "--accept-unknown",
        action="append",
        default=[],
        metavar="NAME",
        help="build although no version of this package of the machine was found; repeatable",
    )
    parser.add_argument("--nodes", type=int, default=0, metavar="N", help="on a cluster: N packages at once (4)")
    parser.add_argument("--join", action="store_true", help="share the work with another build of it here")


def _act(arguments: Namespace) -> Report | int:
    if arguments.only_cache and arguments.no_cache:
        raise UsageError("--only-cache and --no-cache contradict each other", hint="leave one of them out")
    if arguments.jobs < 0 or arguments.packages_at_once < 1:
        raise UsageError("--jobs and --packages-at-once are numbers from 1 up", hint="as in: ./build.sh -j 16 -p 2")
    resolved = resolved_settings(vars(arguments))
    settings, workspace = resolved.settings, workspace_folder(resolved.settings.workspace)
    if settings.locked and settings.frozen:
        raise UsageError("--locked and --frozen contradict each other", hint="leave one of them out")
    if settings.locked and (workspace / FILE).exists():
        require_lock(resolved, str(workspace))
    options = BuildOptions(
        jobs=arguments.jobs or int(settings.build_jobs or 0),
        at_once=arguments.packages_at_once,
        locked=settings.locked,
        frozen=settings.frozen,
        offline=settings.offline,
        only_cache=arguments.only_cache,
        no_cache=arguments.no_cache,
        anyway=arguments.anyway,
        join=arguments.join,
        accept_unknown=frozenset(arguments.accept_unknown),
    )
    environment = load_environment(arguments.environment, resolved, workspace)
    context = prepare(environment, find_store(resolved, workspace), options, run, fetch)
    if arguments.dry_run:
        return plan_report(context, tuple(refusals(context, resolved)))

    report_progress = progress_printer(resolved.settings.quiet)
    for note in (*context.notes, *filter(None, [context.effort_note])):
        report_progress(note)
    try:
        scheduler = chosen_scheduler(resolved.settings)
        if arguments.nodes and not scheduler:
            raise UsageError("--nodes is for a build on a cluster", hint="add --executor slurm, or omit --nodes")
        if scheduler:
            from sygaldry.flows.env.spread.build import env_build_spread

            tools = (run, report_progress)
            return env_build_spread(context, resolved, scheduler, arguments.nodes or _NODES, tools)
        return env_build(context, resolved, run, report_progress)
    except StopSignal as stopped:
        return 128 + stopped.number


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("Project", "Spack", "Lock", "executor"),
    examples=(
        "sygaldry env build pkg/zephyr --dry-run        the plan",
        "sygaldry env build pkg/zephyr -j 16 -p 2",
        "sygaldry env build pkg/zephyr --only-cache     refuse to compile",
    ),
)
