"""Diagnose the GPUs, or a printed text, and print how to fix them.

The verdict comes first, then at most three root causes, each with its evidence, the exact commands, and whether they
need root or a reboot. With --log alone the text is judged apart from this machine. Exit codes: 0 usable, 1 usable with
warnings, 2 not usable (or the text names such a fault), 3 no NVIDIA hardware, 4 could not be determined (or the text is
not recognised), 5 a recorded value that no check understands, 64 usage error.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.model.exit_codes import DIAGNOSE_USAGE_ERROR
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--from", dest="saved", metavar="DIR", default="", help="diagnose a saved snapshot")
    parser.add_argument(
        "--log",
        action="append",
        metavar="FILE",
        default=[],
        help="text that an engine or a framework printed; - reads it",
    )
    parser.add_argument("--here", action="store_true", help="the text was printed on this machine: judge both together")
    parser.add_argument("--verbose", action="store_true", help="show every question and its answer")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--fix", action="store_true", help="print the fixes as a script")
    group.add_argument("--apply", action="store_true", help="run the fixes, asking before each step")


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.gpu.diagnose import Request, gpu_diagnose

    return gpu_diagnose(
        Request(
            arguments.saved, tuple(arguments.log), arguments.here, arguments.verbose, arguments.fix, arguments.apply
        )
    )


VERB: Final = Verb(
    _arguments,
    _act,
    failure_code=DIAGNOSE_USAGE_ERROR,
    settings=(),
    examples=(
        "sygaldry gpu diagnose",
        "sygaldry gpu diagnose --from snapshot --verbose",
        "sygaldry gpu diagnose --log train.log",
        "sygaldry gpu diagnose --log - --here < train.log",
        "sygaldry gpu diagnose --fix > fix.sh",
    ),
)
