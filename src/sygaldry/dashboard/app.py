"""The application: every page as a route, behind the guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sygaldry import discovery
from sygaldry.dashboard import pages
from sygaldry.dashboard.guard import Guard
from sygaldry.dashboard.templates import load_static

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from sygaldry.dashboard.context import Context, Page

_KINDS: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_LAST: Final = "not-found"  # its page takes every address that no other one has


def build_app(context: Context) -> ASGIApp:
    """Return the application of one server."""
    every: dict[str, tuple[Page, ...]] = discovery.every(pages, "PAGES")
    ordered = [page for name in sorted(every, key=lambda name: name == _LAST) for page in every[name]]
    routes = [_static_route(), *(_route(context, page) for page in ordered)]
    return Guard(Starlette(routes=routes), context.access)


def _route(context: Context, page: Page) -> Route:
    async def answer(request: Request) -> Response:
        return await page.answer(context, request)

    return Route(page.path, answer, methods=["POST"] if page.changes else ["GET"])


def _static_route() -> Route:
    files = load_static()

    async def answer(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in files:
            return PlainTextResponse("404\n", 404)
        return Response(files[name], media_type=_KINDS[name.rpartition(".")[2]])

    return Route("/static/{name}", answer, methods=["GET"])
