"""Export an image as a SIF file for Apptainer: from Docker or Podman, from a registry, or from an archive."""

from argparse import ArgumentParser, Namespace

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.image.export import image_export
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="", help="image to export (default: the image of the settings)")
    parser.add_argument("--sif", required=True, metavar="FILE", help="SIF file to write")
    parser.add_argument(
        "--archive", default="", metavar="FILE", help="read the image from a Docker archive, or from NAME.oci.tar"
    )


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    machine = this_machine(resolved.settings.rootfs)
    report_progress = progress_printer(resolved.settings.quiet)
    return image_export(
        resolved,
        machine,
        arguments.name,
        target=arguments.sif,
        archive=arguments.archive,
        report_progress=report_progress,
    )


VERB = Verb(
    _arguments,
    _act,
    settings=("runtime", "image", "storage_root"),
    examples=(
        "sygaldry image export --sif zephyr.sif",
        "sygaldry image export --sif dev.sif registry.example.org/team/dev:1",
        "sygaldry image export --sif dev.sif --archive saved.tar",
    ),
)
