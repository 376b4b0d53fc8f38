"""Make the project's storage folders, as the first launch does."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows.storage.init import storage_init
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    del parser


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    return storage_init(resolved, workspace_of(resolved.settings.workspace), this_machine())


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry storage init --project-id demo",),
)
