"""List the container runtimes: which work, and how to install the others."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.runtimes import runtimes_report
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    del parser


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    return runtimes_report(this_machine(resolved.settings.rootfs))


VERB = Verb(_arguments, _act, settings=("rootfs",), examples=("sygaldry runtimes", "sygaldry runtimes --json"))
