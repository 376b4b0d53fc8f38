"""The machine: runtimes, checks with their fixes, the GPU verdict, and storage with what `gc` would take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from sygaldry.dashboard.context import Context, Page
from sygaldry.dashboard.machine_view import load_checks, load_gpu, load_storage

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_FRESH_S: Final = 60.0
_STORAGE_FRESH_S: Final = 600.0  # it walks through every file of every project


async def _machine(context: Context, request: Request) -> Response:
    cache, resolved = context.cache, context.resolved
    fresh = 1.0 if request.query_params.get("again") else _FRESH_S
    checks = await run_in_threadpool(cache.get, "checks", lambda: load_checks(resolved), fresh)
    gpu = await run_in_threadpool(cache.get, "gpu", load_gpu, fresh)
    return HTMLResponse(context.page("machine.html", checks=checks, gpu=gpu))


async def _storage(context: Context, request: Request) -> Response:
    del request
    roots = tuple(dict.fromkeys(project.storage.root for project in context.index.projects.values()))
    found = await run_in_threadpool(
        context.cache.get, "storage", lambda: load_storage(context.resolved, roots), _STORAGE_FRESH_S
    )
    return HTMLResponse(context.page("storage.html", storage=found))


PAGES: Final = (Page("/machine", _machine), Page("/storage", _storage))
