"""Stop and remove the environment of this workspace; its storage stays."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sygaldry.cli.job._arguments import seconds
from sygaldry.flows.down import down
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--grace", metavar="TIME", default="10", help="time between asking to end and killing (10)")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments), needs_consent=False)
    return down(resolved, workspace_of(resolved.settings.workspace), seconds(arguments.grace, "--grace"))


VERB = Verb(_arguments, _act, deletes=True, examples=("sygaldry down",))
