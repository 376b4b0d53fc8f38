"""Check every byte of a bundle; a truncated, altered or missing part is named. Exit code 1 when there is one."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.bundle.verify import bundle_verify, check_signature
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the bundle")
    parser.add_argument("--base", type=Path, metavar="DIR", help="the older bundle that it builds on")
    parser.add_argument("--signers", type=Path, metavar="FILE", help="demand a signature of one of these SSH keys")
    parser.add_argument("--identity", default="", metavar="NAME", help="who must have signed, as named in the file")


def _act(arguments: Namespace) -> Report:
    if arguments.signers:
        check_signature(arguments.folder, arguments.signers, arguments.identity)
    return bundle_verify(arguments.folder, arguments.base, progress_printer(quiet=False))


VERB = Verb(
    _arguments,
    _act,
    settings=(),
    examples=("sygaldry bundle verify out", "sygaldry bundle verify out --signers allowed --identity me@example.org"),
)
