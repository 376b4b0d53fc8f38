"""Make a bundle of the locked environment: image, models, build caches in folders, and Sygaldry itself.

Every file is stored by its SHA-256, in parts that fit your media. An interrupted bundle continues where it stopped.
With --base, contents of an older bundle that the other machine has are left out.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.cli.job._arguments import size_bytes
from sygaldry.flows.bundle.create import BundleRequest, bundle_create
from sygaldry.flows.bundle.python_wheels import ALL
from sygaldry.flows.bundle.verify import sign
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb

_LEAST_BYTES = 2**20


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the bundle")
    parser.add_argument("--part-size", default="4g", metavar="SIZE", help="split into parts of this size (4g)")
    parser.add_argument("--base", type=Path, metavar="DIR", help="leave out what this older bundle has")
    parser.add_argument("--build-cache", type=Path, metavar="DIR", help="also carry this Spack build cache")
    parser.add_argument("--sources", type=Path, metavar="DIR", help="also carry this Spack mirror of sources")
    parser.add_argument("--debian", action="store_true", help="also carry the archives of the image's Debian packages")
    parser.add_argument("--artifacts", action="store_true", help="also carry the downloads of the image, Spack's too")
    parser.add_argument(
        "--python-lock",
        action="append",
        default=[],
        metavar="PATH",
        help="also carry the wheels of this lock of the project; `all` for every one",
    )
    parser.add_argument("--all", action="store_true", help="--debian, --artifacts and --python-lock all")
    parser.add_argument("--debian-mirror", default="", metavar="URL", help="take the packages here, as from a snapshot")
    parser.add_argument("--no-image", action="store_true", help="leave the image out")
    parser.add_argument("--no-wheels", action="store_true", help="leave Sygaldry itself out")
    parser.add_argument("--sign", type=Path, metavar="KEY", help="sign it with this SSH key")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    part_bytes = size_bytes(arguments.part_size, "--part-size")
    if part_bytes < _LEAST_BYTES:
        raise UsageError("--part-size is at least 1m", hint="as in --part-size 4g")
    request = BundleRequest(
        arguments.folder.absolute(),
        part_bytes,
        arguments.base,
        arguments.build_cache,
        arguments.sources,
        with_image=not arguments.no_image,
        with_wheels=not arguments.no_wheels,
        with_debian=arguments.debian or arguments.all,
        with_artifacts=arguments.artifacts or arguments.all,
        python_locks=(ALL,) if arguments.all else tuple(arguments.python_lock),
        mirrors={"debian": arguments.debian_mirror} if arguments.debian_mirror else {},
    )
    machine = this_machine(resolved.settings.rootfs)
    report_progress = progress_printer(resolved.settings.quiet)
    report = bundle_create(request, resolved, machine, workspace_of(resolved.settings.workspace), report_progress)
    if arguments.sign:
        sign(request.folder, arguments.sign)
    return report


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace", "runtime", "storage_root", "project_id", "image", "frozen"),
    examples=(
        "sygaldry bundle create out",
        "sygaldry bundle create out --all --sign ~/.ssh/id_ed25519",
        "sygaldry bundle create out --base last-month --python-lock uv.lock",
    ),
)
