"""Make a base image from the Debian or Ubuntu mirror of this host, for sites without a registry.

The default is the suite of the host. The image is called sygaldry/base:SUITE. With --cuda, NVIDIA's wheels are put upon
it, under NVIDIA's licence: 13 has nvcc for sm_75 and newer, 12.9-runtime runs and links, without nvcc. A launch uses
that base where the default base cannot be fetched and no image is named.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sygaldry.cli._ask import agrees, has_terminal
from sygaldry.cli._print import print_err
from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.image.base import archive_for, image_base
from sygaldry.flows.image.cuda_base import cuda_base, refuse_without_licence
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.image.cuda import EDITIONS, CudaBase, Edition, licence_terms
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("suite", nargs="?", default="", help="release, such as bookworm or noble")
    parser.add_argument("--cuda", choices=tuple(EDITIONS), help="add CUDA from NVIDIA's wheels on PyPI")
    parser.add_argument(
        "--mirror", default="", help="address of the mirror (default: base_mirror, else the mirror of apt on this host)"
    )
    parser.add_argument(
        "--snapshot", default="", metavar="TIME", help="the packages of that time, such as 20261101T000000Z"
    )


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    machine = this_machine(resolved.settings.rootfs)
    if arguments.cuda:
        edition = EDITIONS[arguments.cuda]
        refuse_without_licence(edition, accepted=resolved.settings.accept_nvidia_license or _agrees(edition))

    report_progress = progress_printer(resolved.settings.quiet)
    workspace = workspace_of(resolved.settings.workspace)
    archive = archive_for(arguments.suite, arguments.mirror or resolved.settings.base_mirror, arguments.snapshot)
    if arguments.cuda:
        wanted = CudaBase(EDITIONS[arguments.cuda], archive)
        return cuda_base(resolved, machine, workspace, wanted, report_progress)
    return image_base(resolved, machine, workspace, archive, report_progress)


def _agrees(edition: Edition) -> bool:
    """Ask at the terminal; without one the answer is no, and the refusal names the flag."""
    if not has_terminal():
        return False
    print_err(licence_terms(edition))
    return agrees("do you accept it?")


VERB = Verb(
    _arguments,
    _act,
    settings=("accept_nvidia_license", "workspace", "runtime", "storage_root"),
    examples=(
        "sygaldry image base",
        "sygaldry image base noble --mirror http://MIRROR/ubuntu",
        "sygaldry image base bookworm --snapshot 20261101T000000Z",
        "sygaldry image base --cuda 13 --accept-nvidia-license",
    ),
)
