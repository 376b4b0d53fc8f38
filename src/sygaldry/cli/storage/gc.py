"""Show what storage nobody needs any more; remove it with --apply.

Only folders with Sygaldry's own marker are ever looked at: projects all of whose workspaces are gone, and what an
interrupted write or removal left behind. What is in use is never touched.
"""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.storage.gc import storage_gc
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--apply", action="store_true", help="remove what is shown otherwise")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    return storage_gc(resolved, workspace_of(resolved.settings.workspace), apply=arguments.apply)


VERB = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    deletes=True,
    examples=("sygaldry storage gc", "sygaldry storage gc --apply"),
)
