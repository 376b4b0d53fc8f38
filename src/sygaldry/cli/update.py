"""Propose newer pins for what `sygaldry.lock` names, and what would be built again; writes nothing without --apply.

Without an option for a part, all parts are asked. Each newer pin is shown with the difference of its file. Exit code 0,
or 4 if a registry could not be asked. --advisories lists known vulnerabilities of what is pinned now.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.update.proposal import PARTS
from sygaldry.flows.update.report import update_report
from sygaldry.flows.update.request import UpdateRequest, parse_sources
from sygaldry.flows.update.update import update
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    for part, what in PARTS.items():
        # Of another name inside: `toolchains` is a setting, too.
        parser.add_argument(f"--{part}", action="store_true", dest=f"asks_{part}", help=f"ask for {what}")
    parser.add_argument("--dry-run", action="store_true", help="only show what is newer, which is the default")
    parser.add_argument("--apply", action="store_true", help="write the newer pins")
    parser.add_argument(
        "--advisories", type=Path, metavar="FILE", help="advisories in the OSV format: JSON, all.zip, or a folder"
    )
    parser.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="NAME=URL",
        help="ask this address: bazel, debian, go, huggingface, pypi, python, rust, spack, spack-packages",
    )


def _act(arguments: Namespace) -> Report:
    if arguments.apply and arguments.dry_run:
        raise UsageError("--apply writes and --dry-run does not", hint="choose one of them")
    resolved = resolved_settings(vars(arguments))
    asked = tuple(part for part in PARTS if getattr(arguments, f"asks_{part}"))
    request = UpdateRequest(
        asked or tuple(PARTS), parse_sources(arguments.source), arguments.advisories, arguments.apply
    )
    workspace = workspace_of(resolved.settings.workspace)
    found = update(request, resolved, workspace, progress_printer(resolved.settings.quiet))
    return update_report(found, apply=arguments.apply)


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace", "storage_root", "project_id", "base_image", "offline"),
    examples=(
        "sygaldry update",
        "sygaldry update --wheels --apply",
        "sygaldry update --advisories all.zip",
        "sygaldry update --base --source debian=http://MIRROR/debian",
    ),
)
