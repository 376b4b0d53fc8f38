"""Build the image now; a launch also builds it when it is absent or stale.

Progress goes to stderr; the full log is kept in build_logs under the storage root.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.image.build import dry_build, image_build
from sygaldry.flows.lock.check import require_lock
from sygaldry.flows.lock.locked_image import require_locked_image
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="build even if the image is fresh")
    parser.add_argument("-n", "--dry-run", action="store_true", help="print the command that would build")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    settings, workspace = resolved.settings, workspace_of(resolved.settings.workspace)
    machine = this_machine(settings.rootfs)
    keeps_to_lock = settings.locked or settings.frozen
    if keeps_to_lock:
        require_lock(resolved, workspace)
    if arguments.dry_run:
        return dry_build(resolved, machine)

    report_progress = progress_printer(settings.quiet)
    report = image_build(resolved, machine, workspace, report_progress, force=arguments.force)
    if keeps_to_lock:
        require_locked_image(workspace, str(report.data["engine"]), settings.image, machine)
    return report


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace", "runtime", "storage_root", "Image", "Lock"),
    examples=(
        "sygaldry image build",
        "sygaldry image build --base-image sygaldry/base:bookworm --toolchains uv",
        "sygaldry image build --artifact-mirror http://mirror.example.org/artifacts",
    ),
)
