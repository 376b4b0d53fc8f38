"""Build one package of a lock on this node; the jobs of `env build --executor slurm` call it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("environment", help="folder of the environment")
    parser.add_argument("hash", help="hash of the package in the lock")
    parser.add_argument("result", help="file for the result")


def _act(arguments: Namespace) -> int:
    from sygaldry.flows.env.environment import find_store, load_environment
    from sygaldry.flows.env.spread.part import env_build_part
    from sygaldry.host.settings import resolved_settings, workspace_folder

    resolved = resolved_settings(vars(arguments))
    workspace = workspace_folder(resolved.settings.workspace)
    environment = load_environment(arguments.environment, resolved, workspace)
    store = find_store(resolved, workspace)
    return env_build_part(environment, store, resolved, arguments.hash, Path(arguments.result))


VERB: Final = Verb(
    _arguments, _act, settings=("Project", "Spack"), examples=("sygaldry env build-part pkg/zephyr HASH RESULT.json",)
)
