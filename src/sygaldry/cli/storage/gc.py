"""Find storage that is no longer needed; move it to the trash with --apply.

A project can go when all its workspaces are missing, their file systems are mounted, and it was not used for 30 days.
It goes to a dated trash, from which `sygaldry storage restore` brings it back; what is in the trash for longer is
deleted. Only folders with Sygaldry's own marker are looked at, and what is in use is never touched.
"""

from argparse import ArgumentParser, Namespace

from sygaldry.cli._ask import agrees, has_terminal
from sygaldry.cli._print import print_err
from sygaldry.flows.storage.gc import gc_apply, gc_preview, plan_gc
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--apply", action="store_true", help="do it; asks first")
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--older-than", metavar="DAYS", type=int, default=30, help="only what was not used for so many days (30)"
    )


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    if arguments.older_than < 0:
        raise UsageError("--older-than is a number of days", hint="as in: sygaldry storage gc --older-than 90")
    workspace = workspace_of(resolved.settings.workspace, allow_home=True)
    plan = plan_gc(resolved, workspace, older_than_days=arguments.older_than)
    if not arguments.apply or not plan.removals:
        return gc_preview(plan)
    if arguments.yes or _agrees(gc_preview(plan)):
        return gc_apply(plan)
    return gc_preview(plan)


def _agrees(preview: Report) -> bool:
    """Ask at the terminal, sizes first; raises UsageError where there is none."""
    print_err(*preview.lines)
    if not has_terminal():
        raise UsageError(
            "nothing was removed: there is no terminal to ask at", hint="sygaldry storage gc --apply --yes"
        )
    return agrees("do all of this?")


VERB = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    deletes=True,
    examples=(
        "sygaldry storage gc",
        "sygaldry storage gc --apply",
        "sygaldry storage gc --apply --yes --older-than 90",
    ),
)
