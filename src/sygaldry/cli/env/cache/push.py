"""Push everything of the lock that is installed into a build cache.

While building, a mirror with `autopush: true` gets each package as soon as it is built; this is for the rest.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows.env.cache.push import env_cache_push
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
    parser.add_argument("--to", default="", metavar="NAME", help="name of the build cache, where there are several")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    workspace = workspace_folder(resolved.settings.workspace)
    environment = load_environment(arguments.environment, resolved, workspace)
    return env_cache_push(environment, find_store(resolved, workspace), arguments.to, resolved, run)


VERB: Final = Verb(
    _arguments, _act, settings=("Project", "Spack"), examples=("sygaldry env cache push pkg/zephyr --to team",)
)
