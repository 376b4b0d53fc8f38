"""Summarize the current workspace: its storage, what runs in it, and what to type next.

`sygaldry` without a verb prints the same.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sygaldry.flows.status import status
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    """Take the settings alone."""


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments), needs_consent=False)
    return status(resolved, workspace_of(resolved.settings.workspace, allow_home=True))


VERB = Verb(_arguments, _act, examples=("sygaldry", "sygaldry status --json"))
