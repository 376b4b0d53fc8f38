"""Show what the workspace asks for outside of it, and accept it.

A repository can ask for folders of this machine, for variables, for the host's network, for other images and mirrors.
Nothing of that takes effect before you have accepted it. The answer is recorded outside of the repository, for this
content of these files: after a change you are asked again. Exit code 1 while something waits for consent.
"""

from argparse import ArgumentParser, Namespace

from sygaldry.cli._ask import agrees, has_terminal
from sygaldry.cli._print import print_err
from sygaldry.flows.trust import ConsentItem, consent_items, trust_accept, trust_revoke, trust_show
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "environment", nargs="*", metavar="ENVIRONMENT", help="folders of further Spack environments to accept"
    )
    parser.add_argument("-y", "--yes", action="store_true", help="accept without asking")
    parser.add_argument("--show", action="store_true", help="only show what is asked for")
    parser.add_argument("--revoke", action="store_true", help="forget what was accepted")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments), needs_consent=False)
    workspace = workspace_of(resolved.settings.workspace)
    items = consent_items(resolved, workspace, tuple(arguments.environment))
    if arguments.revoke:
        return trust_revoke(items)
    if arguments.yes or (not arguments.show and not arguments.json and _agrees(items, workspace)):
        return trust_accept(items, workspace)
    return trust_show(items, workspace)


def _agrees(items: tuple[ConsentItem, ...], workspace: str) -> bool:
    """Ask at the terminal; without one the answer is no, and the report names --yes."""
    if not any(not each.accepted for each in items) or not has_terminal():
        return False
    print_err(*trust_show(items, workspace).lines)
    return agrees("accept all of this?")


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace",),
    examples=("sygaldry trust", "sygaldry trust --yes", "sygaldry trust --revoke", "sygaldry trust pkg/other"),
)
