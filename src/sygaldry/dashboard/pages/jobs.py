"""The list of runs over all projects, and its changes as events."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from sygaldry.dashboard.context import Context, Page
from sygaldry.dashboard.events_stream import format_event, stream
from sygaldry.dashboard.index import Filter
from sygaldry.dashboard.row import word_of
from sygaldry.model.job import State

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sygaldry.dashboard.row import Row

AGES: Final = {"": "any time", "1h": "1 hour", "24h": "24 hours", "7d": "7 days", "30d": "30 days"}
_SECONDS: Final = {"": 0, "1h": 3600, "24h": 86400, "7d": 7 * 86400, "30d": 30 * 86400}
STATES: Final = {"": "any state", "live": "not ended", "ended": "ended", "bad": "failed in any way"}
WORDS: Final = {each.value: word_of(each.value) for each in State}
_LONGEST_NAME: Final = 64
_PAUSE_S: Final = 0.5


def filter_of(request: Request) -> Filter:
    """Read a filter from a query; what is not valid is left out."""
    query = request.query_params
    state = query.get("state", "")
    return Filter(
        state if state in STATES or state in State.__members__ else "",
        query.get("name", "")[:_LONGEST_NAME],
        query.get("project", "")[:_LONGEST_NAME],
        _SECONDS.get(query.get("since", ""), 0),
        every_run=query.get("runs") == "all",
    )


def query_of(request: Request, **more: str) -> str:
    """Return the query of the list's own fields."""
    kept = {name: request.query_params.get(name, "") for name in ("state", "name", "project", "since", "runs")}
    return urlencode({name: value for name, value in {**kept, **more}.items() if value})


async def _list(context: Context, request: Request) -> Response:
    wanted, after = filter_of(request), request.query_params.get("after", "")
    found = await run_in_threadpool(context.index.select, wanted, after)
    text = context.page(
        "jobs.html",
        found=found,
        wanted=wanted,
        since=request.query_params.get("since", ""),
        ages=AGES,
        words=WORDS,
        tally=await run_in_threadpool(context.index.tally),
        states={**STATES, **{each: each for each in State}},
        projects=tuple(context.index.projects),
        is_first=not after,
        next_query=query_of(request, after=found.next),
        live_query=query_of(request),
    )
    return HTMLResponse(text)


async def _live(context: Context, request: Request) -> Response:
    wanted = filter_of(request)
    shown: dict[str, Row] = {}
    counts: dict[str, int] = {}
    begun = False

    def poll() -> list[str]:
        nonlocal begun, counts
        rows = context.index.select(wanted).rows
        # The page counts the seconds of living runs itself.
        new = {row.key.element: row if row.final else replace(row, elapsed_s=0.0) for row in rows}
        if not begun or list(new) != list(shown):
            events = [format_event("rows", "".join(_rendered(context, row) for row in rows))]
        else:
            events = [
                format_event("row", {"id": row.key.element, "html": _rendered(context, row)})
                for row in rows
                if shown[row.key.element] != new[row.key.element]
            ]
        if (tally := context.index.tally()) != counts:
            counts = tally
            events.append(format_event("tally", context.page("_tally.html", tally=tally, words=WORDS)))
        begun = True
        shown.clear()
        shown.update(new)
        return events

    return stream(context, poll, _PAUSE_S)


def _rendered(context: Context, row: Row) -> str:
    return context.page("_row.html", row=row)


PAGES: Final = (Page("/", _list), Page("/live", _live))
