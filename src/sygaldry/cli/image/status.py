"""Report whether the image exists and is fresh, and if not, why; exit code 1 if the next launch would build it."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.image.status import image_status
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    del parser


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    return image_status(resolved, this_machine(resolved.settings.rootfs))


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace", "runtime", "Image"),
    examples=("sygaldry image status", "sygaldry image status --json"),
)
