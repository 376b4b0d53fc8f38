"""List the build caches of an environment in the order in which they are queried."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows.env.cache.list import env_cache_list
from sygaldry.flows.env.environment import load_environment
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
    return env_cache_list(load_environment(arguments.environment, resolved, workspace))


VERB: Final = Verb(_arguments, _act, settings=("workspace", "Spack"), examples=("sygaldry env cache list pkg/zephyr",))
