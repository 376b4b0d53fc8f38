"""Compare two locks: roots first, then what changed of itself, then what changed only because of that.

Each is a lock file or an environment's folder. Exit code 0 when they install the same, 1 when they differ.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows.env.diff import env_diff
from sygaldry.host.settings import resolved_settings, workspace_folder
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("old", help="lock file or environment before")
    parser.add_argument("new", help="lock file or environment after")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    return env_diff(arguments.old, arguments.new, resolved, workspace_folder(resolved.settings.workspace))


VERB: Final = Verb(
    _arguments, _act, settings=("workspace", "Spack"), examples=("sygaldry env diff old.lock pkg/zephyr/spack.lock",)
)
