"""The page for what does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse

from sygaldry.dashboard.context import Context, Page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def not_found(context: Context, what: str) -> Response:
    """Answer that something does not exist, or not any more."""
    return message(context, f"There is no such {what}", "It may have been pruned. The list has what exists.", 404)


def message(context: Context, title: str, text: str, status: int) -> Response:
    """Answer with a title and a text."""
    return HTMLResponse(context.page("message.html", title=title, text=text), status)


async def _anything(context: Context, request: Request) -> Response:
    del request
    return not_found(context, "page")


PAGES: Final = (Page("/{rest:path}", _anything),)
