"""Hold this machine against `sygaldry.lock`: the project's files, the image, the store, Python, and models.

Exit code 0 when everything is equal, 1 when something differs, 4 when something could not be compared. Each finding
names exactly what differs, who could have changed it, and what to type. --deep reads every byte.
"""

from argparse import ArgumentParser, Namespace

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.verify.report import FORMATS, verify_report
from sygaldry.flows.verify.verify import verify
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--deep", action="store_true", help="read every byte of Python packages and models, too")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text (default), sarif or junit")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    workspace, machine = workspace_of(resolved.settings.workspace), this_machine(resolved.settings.rootfs)
    report_progress = progress_printer(resolved.settings.quiet)
    findings = verify(resolved, machine, workspace, report_progress, deep=arguments.deep)
    return verify_report(findings, arguments.format)


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace", "runtime", "storage_root", "project_id", "image"),
    examples=("sygaldry verify", "sygaldry verify --json", "sygaldry verify --deep --format junit > verify.xml"),
)
