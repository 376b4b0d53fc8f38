"""Show the disk usage of the project's storage, largest first."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.storage.du import storage_du
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="every project under the root, not only this one")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    return storage_du(resolved, workspace_of(resolved.settings.workspace, allow_home=True), everything=arguments.all)


VERB = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry storage du", "sygaldry storage du --all"),
)
