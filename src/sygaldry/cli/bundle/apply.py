"""Apply a bundle to this machine; it needs no network. Nothing is changed unless every byte is right.

The project must have the very sygaldry.lock that the bundle was made for. The image goes into the container engine.
Models, wheels, and a mirror with build cache and sources go where `hf`, `uv-install` and `env build` find them;
Debian packages and downloads go to `bundle` under the storage root.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.bundle.apply import ApplyRequest, bundle_apply
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the bundle")
    parser.add_argument("--base", type=Path, metavar="DIR", help="the older bundle that it builds on")
    parser.add_argument("--signers", type=Path, metavar="FILE", help="demand a signature of one of these SSH keys")
    parser.add_argument("--identity", default="", metavar="NAME", help="who must have signed, as named in the file")
    parser.add_argument(
        "--image-archive", type=Path, metavar="FILE", help="write the image to this OCI archive; no engine loads it"
    )


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    archive = arguments.image_archive and arguments.image_archive.absolute()
    request = ApplyRequest(arguments.folder.absolute(), arguments.base, arguments.signers, arguments.identity, archive)
    machine, workspace = this_machine(resolved.settings.rootfs), workspace_of(resolved.settings.workspace)
    return bundle_apply(request, resolved, machine, workspace, progress_printer(resolved.settings.quiet))


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace", "runtime", "storage_root", "project_id"),
    examples=(
        "sygaldry bundle apply out",
        "sygaldry bundle apply out --base last-month",
        "sygaldry bundle apply out --image-archive image.tar",
    ),
)
