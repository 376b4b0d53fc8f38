"""The environments of all projects, and one with the graph of its lock and the state of each package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from sygaldry.dashboard.context import Context, Page
from sygaldry.dashboard.environment_view import EnvironmentView, environments_of, load_environment_view
from sygaldry.dashboard.events_stream import format_event, stream
from sygaldry.dashboard.pages.not_found import not_found

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_PAUSE_S: Final = 2.0


async def _list(context: Context, request: Request) -> Response:
    del request
    projects = await run_in_threadpool(lambda: context.index.projects)
    found = {name: tuple(environments_of(project)) for name, project in projects.items()}
    return HTMLResponse(
        context.page("environments.html", projects={name: each for name, each in found.items() if each})
    )


def _view(context: Context, project: str, name: str) -> EnvironmentView | None:
    known = context.index.projects.get(project)
    folder = environments_of(known).get(name) if known else None
    return load_environment_view(context.resolved, context.cache, known, folder) if known and folder else None


async def _one(context: Context, request: Request) -> Response:
    project, name = request.path_params["project"], request.path_params["name"]
    view = await run_in_threadpool(_view, context, project, name)
    if view is None:
        return not_found(context, "environment")
    return HTMLResponse(context.page("environment.html", view=view, project=project, name=name))


async def _live(context: Context, request: Request) -> Response:
    """Stream the packages whose state has changed."""
    project, name = request.path_params["project"], request.path_params["name"]
    if await run_in_threadpool(_view, context, project, name) is None:
        return not_found(context, "environment")
    shown: dict[str, tuple[str, str]] = {}

    def poll() -> list[str] | None:
        view = _view(context, project, name)
        if view is None:
            return None
        new = {each.hash: (each.state, each.text) for each in view.states}
        changed = {key: each for key, each in new.items() if shown.get(key) != each} if shown else {}
        shown.clear()
        shown.update(new)
        return [format_event("packages", {"changed": changed, "counts": view.counts})] if changed else []

    return stream(context, poll, _PAUSE_S)


PAGES: Final = (
    Page("/environments", _list),
    Page("/environment/{project}/{name}", _one),
    Page("/packages/{project}/{name}", _live),
)
