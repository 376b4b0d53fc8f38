"""The log of a run in windows, its matches, its new lines as events, and the whole of it as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from sygaldry.dashboard import log_window
from sygaldry.dashboard.context import Context, Page
from sygaldry.dashboard.events_stream import CountedStream, format_event, stream
from sygaldry.dashboard.pages.not_found import not_found
from sygaldry.dashboard.row import RunKey
from sygaldry.flows.job.log_reader import read_chunks
from sygaldry.flows.job.lookup import inspect_run
from sygaldry.supervisor.safe_files import size_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from sygaldry.jobs.paths import RunFiles

_PAUSE_S: Final = 0.25
_LONGEST_TEXT: Final = 200
_LARGEST_OFFSET: Final = 1 << 62
_MOST_ATTEMPTS: Final = 1000


async def _log(context: Context, request: Request) -> Response:
    key, paths = await _run_of(context, request)
    if paths is None:
        return not_found(context, "run")
    attempts = await run_in_threadpool(_attempts, paths)
    attempt = min(max(number_of(request, "attempt", attempts), 1), attempts)
    path, text = paths.log(attempt), request.query_params.get("find", "")[:_LONGEST_TEXT]
    matches = None
    if text:
        matches = await run_in_threadpool(log_window.search, path, text, number_of(request, "from", 0))
    at, after, before = (number_of(request, name, -1) for name in ("at", "after", "before"))
    if at >= 0:
        window = await run_in_threadpool(log_window.window_around, path, at)
    elif after >= 0:
        window = await run_in_threadpool(log_window.window_after, path, after)
    else:
        window = await run_in_threadpool(log_window.window_before, path, before)
    row = await run_in_threadpool(context.index.row, key)
    page = context.page(
        "log.html", key=key, row=row, window=window, matches=matches, text=text, at=at, attempt=attempt,
        attempts=attempts, is_last=attempt == attempts,
    )  # fmt: skip
    return HTMLResponse(page)


async def _follow(context: Context, request: Request) -> Response:
    key, paths = await _run_of(context, request)
    if paths is None:
        return not_found(context, "run")
    attempt = min(max(number_of(request, "attempt", 1), 1), _MOST_ATTEMPTS)
    # A browser that lost the connection says what it has seen.
    begin = number_of(request, "after", size_of(paths.log(attempt)))
    at = number_of_text(request.headers.get("last-event-id", ""), begin)
    quiet = 0

    def poll() -> list[str] | None:
        nonlocal at, quiet
        window = log_window.new_lines(paths.log(attempt), at)
        if window.lines:
            at, quiet = window.end, 0
            html = context.page("_lines.html", lines=window.lines, key=key, attempt=attempt, at=-1)
            return [format_event("lines", html, str(at))]
        quiet += 1
        # The last line may come just before the end is recorded.
        is_over = quiet % 4 == 0 and context.index.row(key).final
        return None if is_over and quiet > 4 else []

    return stream(context, poll, _PAUSE_S)


async def _raw(context: Context, request: Request) -> Response:
    """Send a log as it is, as a file to save."""
    key, paths = await _run_of(context, request)
    if paths is None:
        return not_found(context, "run")
    if not context.has_room:
        return PlainTextResponse("503: too many readers\n", 503, {"retry-after": "10"})
    attempts = await run_in_threadpool(_attempts, paths)
    path = paths.log(min(max(number_of(request, "attempt", attempts), 1), attempts))
    disposition = {"content-disposition": f'attachment; filename="{key.job}-{key.run}.log"'}
    chunks = read_chunks(path, 0, size_of(path))
    return CountedStream(context, chunks, media_type="application/octet-stream", headers=disposition)


async def _run_of(context: Context, request: Request) -> tuple[RunKey, RunFiles | None]:
    project, job, run = (request.path_params[name] for name in ("project", "job", "run"))
    return RunKey(run, project, job), await run_in_threadpool(context.index.files, project, job, run)


def _attempts(paths: RunFiles) -> int:
    return inspect_run(paths, asks_engine=False).attempt


def number_of(request: Request, name: str, default: int) -> int:
    """Return a number of the query; what is none counts as absent."""
    return number_of_text(request.query_params.get(name, ""), default)


def number_of_text(text: str, default: int) -> int:
    """Return a number of at most 19 digits, or the default."""
    return min(int(text), _LARGEST_OFFSET) if text.isascii() and text.isdecimal() and len(text) < 20 else default


PAGES: Final = (
    Page("/log/{project}/{job}/{run}", _log),
    Page("/follow/{project}/{job}/{run}", _follow),
    Page("/raw/{project}/{job}/{run}", _raw),
)
