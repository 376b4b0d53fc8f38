"""List the environments that `sygaldry up` started."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sygaldry.flows.ps import ps
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    """Take the settings alone."""


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments), needs_consent=False)
    return ps(resolved, this_machine(), workspace_of(resolved.settings.workspace, allow_home=True))


VERB = Verb(_arguments, _act, examples=("sygaldry ps", "sygaldry ps --json"))
