"""Bring a project back from the trash; without a name, list the trash."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.storage.restore import storage_restore
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "project", nargs="?", default="", help="name of the project; the newest of that name is restored"
    )


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    workspace = workspace_of(resolved.settings.workspace, allow_home=True)
    return storage_restore(resolved, workspace, arguments.project)


VERB = Verb(_arguments, _act, examples=("sygaldry storage restore", "sygaldry storage restore demo"))
