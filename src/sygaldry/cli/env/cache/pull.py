"""Install from the build caches whatever they have of the lock, and build nothing.

What is left is for `sygaldry env build`; `sygaldry env build --only-cache` refuses when anything is.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.env.build import env_build
from sygaldry.flows.env.environment import find_store, load_environment
from sygaldry.flows.env.install.plan import BuildOptions, prepare
from sygaldry.host.http import fetch
from sygaldry.host.run import run
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


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    workspace = workspace_folder(resolved.settings.workspace)
    options = BuildOptions(pull=True)
    environment = load_environment(arguments.environment, resolved, workspace)
    context = prepare(environment, find_store(resolved, workspace), options, run, fetch)

    report_progress = progress_printer(resolved.settings.quiet)
    return env_build(context, resolved, run, report_progress)


VERB: Final = Verb(_arguments, _act, settings=("Project", "Spack"), examples=("sygaldry env cache pull pkg/zephyr",))
