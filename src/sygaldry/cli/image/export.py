"""Export an image: as a SIF file for Apptainer, as an OCI layout, or into a registry.

With --oci the Spack environment is inside, without its build dependencies, and the image runs as an ordinary user.
Bills of materials and the provenance are attached to it.
"""

from argparse import ArgumentParser, Namespace

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.image.export import image_export
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_folder
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="", help="image to export (default: the image of the settings)")
    form = parser.add_mutually_exclusive_group(required=True)
    form.add_argument("--sif", metavar="FILE", default="", help="SIF file to write")
    form.add_argument("--oci", metavar="TARGET", default="", help="folder of an OCI layout, or REGISTRY/NAME:TAG")
    parser.add_argument(
        "--archive", default="", metavar="FILE", help="read the image from a Docker archive or NAME.oci.tar"
    )
    parser.add_argument(
        "--environment",
        default="",
        metavar="ENVIRONMENT",
        help="Spack environment for --oci, or none (default: the settings' one, if built)",
    )


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    machine = this_machine(resolved.settings.rootfs)
    report_progress = progress_printer(resolved.settings.quiet)
    if not arguments.oci:
        if arguments.environment:
            raise UsageError("--environment belongs to --oci", hint="sygaldry image export --oci FOLDER")
        return image_export(
            resolved,
            machine,
            arguments.name,
            target=arguments.sif,
            archive=arguments.archive,
            report_progress=report_progress,
        )
    if arguments.archive:
        raise UsageError("--archive belongs to --sif", hint="load it first: docker load --input FILE")
    from sygaldry.flows.image.oci_export import oci_export

    return oci_export(
        resolved,
        machine,
        workspace_folder(resolved.settings.workspace),
        arguments.name,
        target=arguments.oci,
        environment=arguments.environment,
        report_progress=report_progress,
    )


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace", "runtime", "image", "storage_root", "spack_environment", "spack_store", "spack_root"),
    examples=(
        "sygaldry image export --sif zephyr.sif",
        "sygaldry image export --oci zephyr-oci",
        "sygaldry image export --oci registry.example.org/team/zephyr:1",
    ),
)
