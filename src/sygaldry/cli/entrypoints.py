"""List the entrypoints of the workspace and of Sygaldry, each with its summary."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.entrypoints import entrypoints_report
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    del parser


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments), needs_consent=False)
    return entrypoints_report(workspace_of(resolved.settings.workspace, allow_home=True))


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace",),
    examples=("sygaldry entrypoints", "sygaldry launch --entrypoint run-job -- ls"),
)
