"""Report cache hits of a lock, and the reason of each miss, before hours of building.

Looks for each package by its own hash and checks its signature, so that what Spack would not take is no hit. Caches
in a bucket, or with a password, are read through Spack. Exit code 1 when something is in none of them.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows.env.cache.readers import MirrorClient
from sygaldry.flows.env.cache.status import env_cache_status
from sygaldry.flows.env.environment import find_store, load_environment
from sygaldry.flows.env.spack import spack_at
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
    environment = load_environment(arguments.environment, resolved, workspace)
    store = find_store(resolved, workspace)
    return env_cache_status(environment, store, MirrorClient(fetch, run, spack_at(environment.spack_root, store)))


VERB: Final = Verb(_arguments, _act, settings=("Project", "Spack"), examples=("sygaldry env cache status pkg/zephyr",))
