"""Summarize what the probes find about this machine's GPUs; `--facts` and `--json` show every fact.

Each probe is asked by itself and for a few seconds at most; a failure is recorded and stops no other. Root is not
needed, though the kernel log may want it. A saved snapshot holds no secrets, no host or user names and no GPU numbers.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--facts", action="store_true", help="print every fact of every probe")
    parser.add_argument("--raw", action="store_true", help="with --json: the answers of all probes too, some 200 kB")
    parser.add_argument("--save", metavar="DIR", default="", help="keep the snapshot in this folder, to share it")
    parser.add_argument(
        "--from", dest="saved", metavar="DIR", default="", help="show a saved snapshot, not this machine"
    )


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.gpu.inspect import inspect

    return inspect(saved=arguments.saved, save_to=arguments.save, every_fact=arguments.facts, raw=arguments.raw)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=(),
    examples=("sygaldry gpu inspect --save snapshot", "sygaldry gpu inspect --json"),
)
