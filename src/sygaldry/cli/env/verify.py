"""Verify the store against the lock: prefixes, files, permissions, and libraries.

Spack does not notice a prefix that is gone or a file that changed; this does. Exit code 1 when something is wrong.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows.env.environment import find_store, load_environment
from sygaldry.flows.env.verify import env_verify
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
    parser.add_argument("--no-libraries", action="store_true", help="skip the libraries, which take the longest")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    workspace = workspace_folder(resolved.settings.workspace)
    environment = load_environment(arguments.environment, resolved, workspace)
    return env_verify(environment, find_store(resolved, workspace), libraries=not arguments.no_libraries)


VERB: Final = Verb(_arguments, _act, settings=("Project", "Spack"), examples=("sygaldry env verify pkg/zephyr",))
