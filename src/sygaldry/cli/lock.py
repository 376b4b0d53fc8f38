"""Lock everything that the project's environment is made of in `sygaldry.lock`, or compare it.

The lock names the image and its Debian packages, every download, each Spack environment with its Spack and recipes,
Python locks, and models. Without --check, exit code 0 means that it was written. With --check it needs neither an
engine nor the network: 0 is up to date, 1 is not. `lock diff OLD NEW` compares two locks: 0 is equal, 1 is not.
"""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.lock.check import lock_check, lock_diff
from sygaldry.flows.lock.make import lock_project
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("diff", nargs="*", metavar="diff OLD NEW", help="compare two locks")
    parser.add_argument("--check", action="store_true", help="only compare the lock with the project")
    parser.add_argument("--no-image", action="store_true", help="do not ask the engine for the image")
    parser.add_argument(
        "--archives", action="store_true", help="also lock the SHA-256 of each Debian archive, from the mirror"
    )
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="KIND:NAME",
        help="also lock this downloaded model or dataset, as in model:org/name",
    )


def _act(arguments: Namespace) -> Report:
    if arguments.diff:
        if arguments.diff[0] != "diff" or len(arguments.diff) != 3:
            raise UsageError(f"what does {' '.join(arguments.diff)!r} mean?", hint="sygaldry lock diff OLD NEW")
        return lock_diff(arguments.diff[1], arguments.diff[2])
    resolved = resolved_settings(vars(arguments))
    workspace = workspace_of(resolved.settings.workspace)
    if arguments.check:
        return lock_check(resolved, workspace)
    machine = this_machine(resolved.settings.rootfs)
    keep, ask_engine = tuple(arguments.keep), not arguments.no_image
    return lock_project(resolved, machine, workspace, keep, ask_engine=ask_engine, ask_mirror=arguments.archives)


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace", "runtime", "storage_root", "image", "base_image", "base_mirror", "toolchains"),
    examples=(
        "sygaldry lock",
        "sygaldry lock --check",
        "sygaldry lock --archives --keep model:org/name",
        "sygaldry lock diff old.lock sygaldry.lock",
    ),
)
