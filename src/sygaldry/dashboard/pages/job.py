"""One run: its state, cause, timeline, plots, command, files, and what differs from the last good run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sygaldry.dashboard.context import Context, Page
from sygaldry.dashboard.events_stream import format_event, stream
from sygaldry.dashboard.job_view import load_job_view
from sygaldry.dashboard.pages.not_found import not_found
from sygaldry.dashboard.row import RunKey

if TYPE_CHECKING:
    from starlette.requests import Request

_PAUSE_S: Final = 0.5


async def _job(context: Context, request: Request) -> Response:
    project, job, run = (request.path_params[name] for name in ("project", "job", "run"))
    paths = await run_in_threadpool(context.index.files, project, job, run)
    if paths is None:
        return not_found(context, "run")
    view = await run_in_threadpool(load_job_view, project, paths)
    runs = context.index.runs(project, job)
    shown = {"view": view, "runs": tuple(reversed(runs[-20:])), "run_count": len(runs)}
    return HTMLResponse(
        context.page("job.html", **shown, element_count=context.index.element_count(RunKey(run, project, job)))
    )


async def _newest(context: Context, request: Request) -> Response:
    project, job = request.path_params["project"], request.path_params["job"]
    runs = await run_in_threadpool(context.index.runs, project, job)
    if not runs:
        return not_found(context, "job")
    return RedirectResponse(f"/job/{project}/{job}/{runs[-1]}", 303)


async def _state(context: Context, request: Request) -> Response:
    """Stream the head of a run's page until it has ended; the page reloads itself then."""
    project, job, run = (request.path_params[name] for name in ("project", "job", "run"))
    if await run_in_threadpool(context.index.files, project, job, run) is None:
        return not_found(context, "run")
    key, shown = RunKey(run, project, job), ""
    is_over = False

    def poll() -> list[str] | None:
        nonlocal shown, is_over
        if is_over or context.index.files(project, job, run) is None:
            return None
        row = context.index.row(key)
        is_over = row.final
        html = context.page("_state.html", row=row)
        if html == shown:
            return []
        shown = html
        return [format_event("state", html)]

    return stream(context, poll, _PAUSE_S)


PAGES: Final = (
    Page("/job/{project}/{job}", _newest),
    Page("/job/{project}/{job}/{run}", _job),
    Page("/state/{project}/{job}/{run}", _state),
)
