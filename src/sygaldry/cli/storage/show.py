"""Show where the project's storage is, whose it is and how full its disk is."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.storage.show import storage_show
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    del parser


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    return storage_show(resolved, workspace_of(resolved.settings.workspace))


VERB = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry storage show", "sygaldry storage show --project-id demo --json"),
)
