"""Show the dependency graph of a lock: counts, Markdown, dot, SVG, a page, JSON, or why a package is there.

The page and the picture load nothing from the network. --reverse PACKAGE answers "why is this here?".
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from sygaldry.flows.env.graph import Cut, env_graph, env_why, open_environment
from sygaldry.host.settings import resolved_settings, workspace_folder
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb

_FORMATS = ("md", "dot", "svg", "html", "json", "cyclonedx", "spdx")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "environment",
        nargs="?",
        default="",
        metavar="ENVIRONMENT",
        help="folder of the environment (default: pkg/zephyr)",
    )
    parser.add_argument("--format", choices=_FORMATS, default="", help="draw it, or list it as a bill of materials")
    parser.add_argument("--output", "-o", type=Path, help="write it into this file")
    parser.add_argument("--root", default="", metavar="PACKAGE", help="only what is under this package")
    parser.add_argument("--depth", type=int, metavar="N", help="at most N steps down")
    parser.add_argument("--reverse", default="", metavar="PACKAGE", help="what uses this package, and from which root")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    environment = open_environment(arguments.environment, resolved, workspace_folder(resolved.settings.workspace))
    if arguments.reverse:
        return env_why(arguments.reverse, environment)
    return env_graph(environment, arguments.format, Cut(arguments.root, arguments.depth), arguments.output)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("workspace", "Spack"),
    examples=(
        "sygaldry env graph pkg/zephyr --reverse nccl",
        "sygaldry env graph pkg/zephyr --format html --output graph.html",
        "sygaldry env graph pkg/zephyr --root py-torch --depth 1 --format svg",
    ),
)
