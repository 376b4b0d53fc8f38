"""Check this machine and print what is missing, with the commands that fix it."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.doctor import doctor
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    del parser


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments), needs_consent=False)
    settings = resolved.settings
    return doctor(resolved, workspace_of(settings.workspace, allow_home=True), this_machine(settings.rootfs))


VERB = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry doctor", "sygaldry doctor --json"),
)
