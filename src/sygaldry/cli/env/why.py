"""Explain why a package is in the lock: its direct users and the path to it from every root."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows.env.graph import env_why, open_environment
from sygaldry.host.settings import resolved_settings, workspace_folder
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("package", help="name, name@version, or the beginning of a hash")
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
    return env_why(arguments.package, open_environment(arguments.environment, resolved, workspace))


VERB: Final = Verb(_arguments, _act, settings=("workspace", "Spack"), examples=("sygaldry env why nccl pkg/zephyr",))
