"""Write .devcontainer/devcontainer.json, so that an editor works in the same container as a launch.

It has the image, mounts, identity, limits and GPUs of the plan of a launch. Its initializeCommand makes the storage and
builds the image. `--portable` writes a file that can be committed.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sygaldry.flows.devcontainer import devcontainer, prepare
from sygaldry.flows.launch.request import Request
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--portable", action="store_true", help="without paths and user ids of this machine")
    parser.add_argument("--prepare", action="store_true", help="only make the storage; initializeCommand does so")


def _act(arguments: Namespace) -> Report:
    # The file that is there, if any, is no input of the one that is written.
    resolved = resolved_settings({**vars(arguments), "devcontainer": "ignore"})
    request = Request(resolved, workspace_of(resolved.settings.workspace))
    if arguments.prepare:
        return prepare(request, this_machine(), portable=arguments.portable)
    return devcontainer(request, this_machine(), portable=arguments.portable)


VERB = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "gpu", "publish", "mounts", "env", "memory", "image"),
    examples=("sygaldry devcontainer", "sygaldry devcontainer --portable"),
)
