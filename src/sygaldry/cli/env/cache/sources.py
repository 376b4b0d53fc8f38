"""Gather the sources of a lock into a folder, from which a site without internet can build.

Exactly the packages of the lock that Spack builds, with their patches; what is there already is not fetched again.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.env.cache.sources import env_cache_sources, plan_report, plan_sources
from sygaldry.flows.env.environment import find_store, load_environment
from sygaldry.host.files import expand_home
from sygaldry.host.process_group import StopSignal, run_in_group
from sygaldry.host.settings import resolved_settings, workspace_folder
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "environment",
        nargs="?",
        default="",
        metavar="ENVIRONMENT",
        help="folder of the environment (default: pkg/zephyr)",
    )
    parser.add_argument("--to", required=True, metavar="FOLDER", help="folder to fill")
    parser.add_argument("--dry-run", "-n", action="store_true", help="print the plan and change nothing")


def _act(arguments: Namespace) -> Report | int:
    resolved = resolved_settings(vars(arguments))
    workspace = workspace_folder(resolved.settings.workspace)
    environment = load_environment(arguments.environment, resolved, workspace)
    folder = Path(expand_home(arguments.to)).absolute()
    source_mirror = plan_sources(environment, find_store(resolved, workspace), folder)
    if arguments.dry_run:
        return plan_report(source_mirror)

    report_progress = progress_printer(resolved.settings.quiet)
    try:
        return env_cache_sources(source_mirror, resolved, run_in_group, report_progress)
    except StopSignal as stopped:
        return 128 + stopped.number


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("Project", "Spack"),
    examples=("sygaldry env cache sources pkg/zephyr --to /shared/sources",),
)
