"""Make spack.lock from spack_src.yaml with the pinned Spack, or check without a solver that they belong together.

The lock is replaced only when it would install something else. Beside it, sygaldry.lock.json records its origin
(Spack, recipes, manifest, image) and DEPENDENCY_GRAPH.md its content. --check and --locked change nothing.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.env.lock import env_lock, env_lock_check
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
    parser.add_argument(
        "--check", action="store_true", help="only compare: exit code 1 and the difference if the lock is out of date"
    )
    parser.add_argument("--locked", action="store_true", help="alias of --check, as in pixi and uv")
    parser.add_argument(
        "--offline", action="store_true", help="accepted for compatibility with uv: locking never uses the network"
    )


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    workspace = workspace_folder(resolved.settings.workspace)
    if arguments.check or arguments.locked:
        return env_lock_check(arguments.environment, resolved, workspace)

    report_progress = progress_printer(resolved.settings.quiet)
    return env_lock(arguments.environment, resolved, workspace, run, report_progress)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("workspace", "Spack"),
    examples=("sygaldry env lock pkg/zephyr", "sygaldry env lock --check pkg/zephyr"),
)
