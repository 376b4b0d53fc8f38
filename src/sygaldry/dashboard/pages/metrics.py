"""Metrics for Prometheus, which sends the token as a header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from sygaldry.dashboard.context import Context, Page
from sygaldry.dashboard.machine_view import gpu_code, storage_sizes

if TYPE_CHECKING:
    from starlette.requests import Request

_GPU_S: Final = 300.0
_STORAGE_S: Final = 3600.0  # it walks through every file


async def _metrics(context: Context, request: Request) -> Response:
    from sygaldry.dashboard.metrics import KIND, exposition

    wants_storage = request.query_params.get("storage") == "1"

    def answer() -> bytes:
        code = context.cache.get("gpu code", gpu_code, _GPU_S).answer
        projects = context.index.projects
        measured = context.cache.get("sizes", lambda: storage_sizes(projects), _STORAGE_S) if wants_storage else None
        return exposition(context.index, code, measured.answer if measured else {})

    return Response(await run_in_threadpool(answer), media_type=KIND)


PAGES: Final = (Page("/metrics", _metrics),)
