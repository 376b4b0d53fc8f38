"""Print the path of the script that enters an environment; update it first if it is out of date.

For people there is `spack-env-activate` inside the environment, which is 20 ms where nothing changed. This verb is what
it calls when something did.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows.env.activate import env_activate
from sygaldry.flows.env.environment import find_store, load_environment
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
    environment = load_environment(arguments.environment, resolved, workspace)
    return env_activate(environment, find_store(resolved, workspace), resolved, run)


VERB: Final = Verb(_arguments, _act, settings=("Project", "Spack"), examples=("sygaldry env activate pkg/zephyr",))
