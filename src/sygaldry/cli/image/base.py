"""Make a base image from the Debian or Ubuntu mirror of this host, for sites without a registry.

The default is the suite of the host. The image is called sygaldry/base:SUITE.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.image.base import archive_for, image_base
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("suite", nargs="?", default="", help="release, such as bookworm or noble")
    parser.add_argument("--mirror", default="", help="address of the mirror (default: the mirror of apt on this host)")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    machine = this_machine(resolved.settings.rootfs)

    report_progress = progress_printer(resolved.settings.quiet)
    workspace = workspace_of(resolved.settings.workspace)
    return image_base(resolved, machine, workspace, archive_for(arguments.suite, arguments.mirror), report_progress)


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace", "runtime", "storage_root"),
    examples=("sygaldry image base", "sygaldry image base noble --mirror http://MIRROR/ubuntu"),
)
