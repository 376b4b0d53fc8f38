"""Share a project's storage with this workspace too, on purpose."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.storage.adopt import storage_adopt
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    del parser


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    return storage_adopt(resolved, workspace_of(resolved.settings.workspace))


VERB = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry storage adopt --project-id demo",),
)
