"""Pin the download of another version of Bazel or Rust, or list the versions that have a pin.

An image uses only downloads whose SHA-256 is known beforehand. Take it from the publisher's page, not from the file.
"""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.image.pin import image_pin, image_pins
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("tool", nargs="?", default="", help="bazel or rust; without it the pins are listed")
    parser.add_argument("version", nargs="?", default="", help="its version, such as 7.1.0")
    parser.add_argument("--sha256", default="", help="checksum of the download")
    parser.add_argument("--url", default="", help="address of the download; by default the publisher's")
    parser.add_argument("--architecture", default="", help="x86_64 or aarch64; by default this machine's")


def _act(arguments: Namespace) -> Report:
    if not arguments.tool:
        return image_pins()
    if not arguments.version or not arguments.sha256:
        raise UsageError("a pin needs a version and --sha256", hint="sygaldry image pin bazel 7.1.0 --sha256 SHA256")
    return image_pin(
        arguments.tool, arguments.version, arguments.sha256, url=arguments.url, architecture=arguments.architecture
    )


VERB = Verb(
    _arguments,
    _act,
    settings=(),
    examples=("sygaldry image pin", "sygaldry image pin bazel 7.1.0 --sha256 SHA256"),
)
