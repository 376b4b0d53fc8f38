"""Build the MCP server of a place and run it over stdio or streamable HTTP."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Final

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations

import sygaldry
from sygaldry import discovery
from sygaldry.mcp_server import tools
from sygaldry.mcp_server.budget import bounded
from sygaldry.mcp_server.failure import ToolFailedError
from sygaldry.mcp_server.resources import resources_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.dashboard.serve import ServeOptions
    from sygaldry.mcp_server.place import Place
    from sygaldry.mcp_server.tool import Tool

_INSTRUCTIONS: Final = (
    "Durable jobs. Start long commands with run_job, then call wait_job until it says [ended]; never poll job_status. "
    "After a failure explain_job gives the cause; job_log shows more of the log."
)
_MOST_REQUEST: Final = 1 << 20


def build_server(place: Place, *, read_only: bool) -> MCPServer:
    """Return a server with the tools of a place; with `read_only`, without those that change anything."""
    server: MCPServer = MCPServer(
        "sygaldry", instructions=_INSTRUCTIONS, version=sygaldry.__version__, log_level="ERROR"
    )
    every: dict[str, Tool] = discovery.every(tools, "TOOL")
    for name, tool in every.items():
        if read_only and (tool.changes or tool.destroys):
            continue
        server.add_tool(
            _bounded(tool.make(place), tool.tokens),
            name=name.replace("-", "_"),
            annotations=ToolAnnotations(**tool.describe()),
            structured_output=False,  # the text is the answer; a copy of it as data would cost it twice
        )
    for address, read in resources_of(place).items():
        server.resource(address, mime_type="text/plain")(read)
    return server


def serve_stdio(place: Place, *, read_only: bool) -> int:
    """Serve standard input and output until the client closes them."""
    build_server(place, read_only=read_only).run("stdio")
    return 0


def serve_http(place: Place, options: ServeOptions, announce: Callable[[str], None]) -> int:
    """Serve streamable HTTP at /mcp, behind the token of the dashboard."""
    from sygaldry.dashboard.access import LOOPBACK, Access
    from sygaldry.dashboard.guard import Guard
    from sygaldry.dashboard.http_server import run_server
    from sygaldry.dashboard.serve import check_options, open_listener, origin_of, read_token

    check_options(options)
    access = Access(read_token(options.token_file), hosts=LOOPBACK | ({options.listen} if options.listen else set()))
    server = build_server(place, read_only=options.read_only)
    app = server.streamable_http_app(
        max_request_body_size=_MOST_REQUEST,
        # The guard checks hosts and origins, on any port that is forwarded to us.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    listener = open_listener(options)
    try:
        ready = lambda: announce(f"{origin_of(listener)}/mcp  Authorization: Bearer {access.token}")  # noqa: E731
        return run_server(Guard(app, access), listener, ready, threading.Event(), has_lifespan=True)
    finally:
        listener.close()


def _bounded(ask: Callable[..., str], tokens: int) -> Callable[..., str]:
    """Keep the answer of a tool within its budget, and say the budget where agents read."""

    @functools.wraps(ask)
    def answer(*args: object, **arguments: object) -> str:
        try:
            return bounded(ask(*args, **arguments), tokens)
        except ToolFailedError as error:
            raise ToolError(bounded(str(error), tokens)) from error

    answer.__doc__ = f"{' '.join((ask.__doc__ or '').split())} Answer: at most {tokens} tokens."
    return answer
