"""Print the guide of GPU problems and their fixes, as it stands in container/NVIDIA_FIXES.md."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--write", action="store_true", help="write the guide from the catalogue")
    group.add_argument("--check", action="store_true", help="check whether the written guide is up to date")


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.gpu.fixes import gpu_fixes

    return gpu_fixes(write=arguments.write, check=arguments.check)


VERB: Final = Verb(_arguments, _act, settings=(), examples=("sygaldry gpu fixes --check",))
