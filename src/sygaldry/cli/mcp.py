"""Serve jobs, environments and the machine as MCP tools for coding agents, over stdio unless --http is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sygaldry.model.verb import Verb

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--read-only", action="store_true", help="leave out the tools that change anything")
    parser.add_argument("--http", action="store_true", help="serve streamable HTTP at /mcp instead of stdio")
    parser.add_argument("--port", metavar="PORT", default="0", help="port for --http; defaults to any free one")
    parser.add_argument("--token-file", metavar="FILE", default="", help="file with the token; by default a new one")


def _act(arguments: Namespace) -> int:
    from sygaldry.cli._extras import require_extra

    require_extra("mcp")
    from sygaldry.cli._print import print_out
    from sygaldry.cli.dashboard import parse_port
    from sygaldry.cli.job._arguments import place as place_of
    from sygaldry.dashboard.serve import ServeOptions
    from sygaldry.mcp_server.place import Place
    from sygaldry.mcp_server.server import serve_http, serve_stdio

    place = Place(*place_of(arguments))
    if not arguments.http:
        return serve_stdio(place, read_only=arguments.read_only)
    port = parse_port(arguments.port)
    options = ServeOptions(port=port, token_file=arguments.token_file, read_only=arguments.read_only)
    return serve_http(place, options, lambda line: print_out(line, flush=True))


VERB: Final = Verb(
    _arguments,
    _act,
    examples=("sygaldry mcp", "sygaldry mcp --read-only", "sygaldry mcp --http --port 18901 --token-file token"),
)
