"""Stop, retry and prune: the only pages that change anything, by POST, with the form's token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from sygaldry.dashboard import actions
from sygaldry.dashboard.context import Context, Page
from sygaldry.dashboard.forms import is_ours, read_form
from sygaldry.dashboard.pages.not_found import message, not_found
from sygaldry.host.run import run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from sygaldry.dashboard.projects import Project
    from sygaldry.model.command import Command

_LONGEST_REASON: Final = 2000


def _prune(project: Project, job: str, run: str) -> Command:
    del run
    return actions.prune_command(project, job)


def _button(command_of: Callable[[Project, str, str], Command]) -> Callable[[Context, Request], Awaitable[Response]]:
    async def answer(context: Context, request: Request) -> Response:
        if context.is_read_only:
            return message(context, "Read-only", "This dashboard was started with --read-only.", 403)
        if not is_ours(request, await read_form(request), context.access):
            return message(context, "Refused", "The form has no valid token. Reload the page, then try again.", 403)
        project, job, run_id = (request.path_params[name] for name in ("project", "job", "run"))
        if await run_in_threadpool(context.index.files, project, job, run_id) is None:
            return not_found(context, "run")
        command = command_of(context.index.projects[project], job, run_id)
        done = await run_in_threadpool(run, command)
        if not done.ok:
            return message(context, "That failed", done.err[-_LONGEST_REASON:] or done.out[-_LONGEST_REASON:], 409)
        return RedirectResponse(f"/job/{project}/{job}", 303)

    return answer


PAGES: Final = (
    Page("/stop/{project}/{job}/{run}", _button(actions.stop_command), changes=True),
    Page("/retry/{project}/{job}/{run}", _button(actions.retry_command), changes=True),
    Page(
        "/prune/{project}/{job}/{run}",
        _button(_prune),
        changes=True,
    ),
)
