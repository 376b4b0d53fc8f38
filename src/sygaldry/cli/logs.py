"""Print the log of the environment that `sygaldry up` started."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sygaldry.flows.logs import logs
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("-f", "--follow", action="store_true", help="go on until the environment ends")


def _act(arguments: Namespace) -> int:
    resolved = resolved_settings(vars(arguments), needs_consent=False)
    return logs(resolved, workspace_of(resolved.settings.workspace), follow=arguments.follow)


VERB = Verb(_arguments, _act, examples=("sygaldry logs", "sygaldry logs --follow"))
