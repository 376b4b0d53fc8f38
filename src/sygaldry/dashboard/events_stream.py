"""Server-sent events: how they are written, and a stream that ends with its reader or with the server."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.types import Receive, Scope, Send

    from sygaldry.dashboard.context import Context

_KEEPALIVE_S: Final = 15.0


def format_event(event: str, data: object, id_: str = "") -> str:
    """Format an event; JSON keeps line breaks out of its lines."""
    text = f"event: {event}\ndata: {json.dumps(data)}\n"
    return f"id: {id_}\n{text}\n" if id_ else f"{text}\n"


def stream(context: Context, poll: Callable[[], list[str] | None], pause_s: float) -> Response:
    """Answer with the events that `poll` returns, again and again, until it returns None."""
    if not context.has_room:
        return PlainTextResponse("503: too many followers\n", 503, {"retry-after": "10"})
    return CountedStream(context, _events(context, poll, pause_s), media_type="text/event-stream")


class CountedStream(StreamingResponse):
    """A response that takes a place among the followers from the moment at which it is made, and gives it back."""

    def __init__(self, context: Context, *words: Any, **options: Any) -> None:  # noqa: ANN401 - those of Starlette's own
        super().__init__(*words, **options)
        self._context = context
        context.streams += 1  # not only when it begins: many that come at once would all find room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._context.streams -= 1


async def _events(context: Context, poll: Callable[[], list[str] | None], pause_s: float) -> AsyncIterator[str]:
    silent_s = 0.0
    yield "retry: 2000\n\n"
    while not context.stopping.is_set():
        found = await run_in_threadpool(poll)
        if found is None:
            yield format_event("end", "")
            return
        for each in found:
            yield each
        silent_s = 0.0 if found else silent_s + pause_s
        if silent_s >= _KEEPALIVE_S:
            silent_s = 0.0
            yield ": \n\n"  # finds out whether the reader is still there
        await asyncio.sleep(pause_s)
