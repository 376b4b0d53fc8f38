"""Prepare the current folder for Sygaldry: a small commented sygaldry.toml, and what the options ask for.

Existing files are kept as they are.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from sygaldry.flows.init import init
from sygaldry.model.report import Report
from sygaldry.model.value import replace
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", default=".", help="the project (the current folder)")
    parser.add_argument("--spack", action="store_true", help="also pkg/zephyr, the pinned Spack stack")
    parser.add_argument("--bazel", action="store_true", help="also a Bazel workspace that sees the Spack stack")
    parser.add_argument("--devcontainer", action="store_true", help="also .devcontainer/devcontainer.json")


def _act(arguments: Namespace) -> Report:
    folder = os.path.realpath(arguments.folder)
    report = init(folder, spack=arguments.spack, bazel=arguments.bazel)
    if not arguments.devcontainer:
        return report
    from sygaldry.flows.devcontainer import devcontainer
    from sygaldry.flows.launch.request import Request
    from sygaldry.host.machine import this_machine
    from sygaldry.host.settings import resolved_settings

    resolved = resolved_settings({**vars(arguments), "workspace": folder, "devcontainer": "ignore"})
    more = devcontainer(Request(resolved, folder), this_machine(), keep=True)
    return replace(report, lines=(*report.lines, *more.lines), notes=(*report.notes, *more.notes))


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace",),
    examples=("sygaldry init", "sygaldry init --spack --bazel --devcontainer"),
)
