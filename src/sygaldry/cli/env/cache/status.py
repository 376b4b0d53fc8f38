"""Tell how much of a lock the build caches have, and why each miss is one, before hours of building begin.

Reads the index of file, http and OCI caches by itself, without Spack. Exit code 1 when something is in none of them.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows._environment import find_store, load_environment
from sygaldry.flows.env_cache import cache_status
from sygaldry.host.http import fetch
from sygaldry.host.settings import resolved_settings, workspace_folder
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("environment", nargs="?", default="", help="folder of the environment; by default pkg/zephyr")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    workspace = workspace_folder(resolved.settings.workspace)
    environment = load_environment(arguments.environment, resolved, workspace)
    return cache_status(environment, find_store(resolved, workspace), fetch)


VERB: Final = Verb(_arguments, _act, examples=("sygaldry env cache status pkg/zephyr",))
