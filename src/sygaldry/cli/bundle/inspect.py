"""Show what a bundle holds, without reading its contents."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sygaldry.flows.bundle.verify import bundle_inspect
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the bundle")


def _act(arguments: Namespace) -> Report:
    return bundle_inspect(arguments.folder)


VERB = Verb(_arguments, _act, settings=(), examples=("sygaldry bundle inspect out",))
