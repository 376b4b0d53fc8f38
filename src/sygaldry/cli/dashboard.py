"""Serve pages with all jobs, environments and the machine on this host's loopback address; Ctrl-C ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sygaldry.cli._print import print_out
from sygaldry.model.errors import UsageError
from sygaldry.model.verb import Verb

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

_LARGEST_PORT = 65535


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--port", metavar="PORT", default="0", help="port to listen on; defaults to any free one")
    parser.add_argument("--project", metavar="PROJECT", default="", help="show only this project")
    parser.add_argument("--read-only", action="store_true", help="leave out the buttons that change anything")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--socket", metavar="FILE", default="", help="listen on a Unix socket instead of a port")
    parser.add_argument(
        "--listen", metavar="ADDRESS", default="", help="listen on another address; other machines can then connect"
    )
    parser.add_argument("--token-file", metavar="FILE", default="", help="file with the token; by default a new one")


def _act(arguments: Namespace) -> int:
    from sygaldry.cli._extras import require_extra

    require_extra("web")
    from sygaldry.dashboard.serve import ServeOptions, serve
    from sygaldry.host.browser import open_browser
    from sygaldry.host.settings import resolved_settings

    options = ServeOptions(
        port=parse_port(arguments.port),
        listen=arguments.listen,
        socket=arguments.socket,
        token_file=arguments.token_file,
        project=arguments.project,
        read_only=arguments.read_only,
    )

    def announce(address: str) -> None:
        print_out(address, flush=True)
        if not arguments.no_browser and not options.socket:
            open_browser(address)

    return serve(resolved_settings(vars(arguments), needs_consent=False), options, announce)


def parse_port(text: str) -> int:
    """Return a port. Raises UsageError."""
    if not text.isdecimal() or int(text) > _LARGEST_PORT:
        raise UsageError(f"not a valid port: --port {text!r}", hint="a number from 1 to 65535")
    return int(text)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("workspace", "storage_root"),
    examples=("sygaldry dashboard", "sygaldry dashboard --port 18900 --no-browser --read-only"),
)
