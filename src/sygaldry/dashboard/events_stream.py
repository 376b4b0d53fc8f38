"""Server-sent events: how they are written, and a stream that ends with its reader or with the server."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

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
    return StreamingResponse(_events(context, poll, pause_s), media_type="text/event-stream")


async def _events(context: Context, poll: Callable[[], list[str] | None], pause_s: float) -> AsyncIterator[str]:
    with context.stream():
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
