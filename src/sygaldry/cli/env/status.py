"""Report in under a second whether source, lock, recipes, Spack, store and view belong together.

Exit code 0 only when everything here is in sync, 1 when a part is behind or could not be compared (`unknown`); each
line ends with the command to type. What is not on this machine, such as the image's Spack, is `absent`: no failure.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows.env.status import env_status
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
    return env_status(arguments.environment, resolved, workspace_folder(resolved.settings.workspace))


VERB: Final = Verb(_arguments, _act, settings=("workspace", "Spack"), examples=("sygaldry env status pkg/zephyr",))
