"""Remove the image of the settings, or the one named; only images that Sygaldry made."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.image.rm import image_rm
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "name", nargs="?", default="", help="another image that Sygaldry made, such as sygaldry/base:bookworm"
    )


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    return image_rm(resolved, this_machine(resolved.settings.rootfs), arguments.name)


VERB = Verb(
    _arguments,
    _act,
    settings=("runtime", "image"),
    deletes=True,
    examples=("sygaldry image rm", "sygaldry image rm sygaldry/base:bookworm"),
)
