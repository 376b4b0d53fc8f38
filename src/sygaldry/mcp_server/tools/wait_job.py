"""Wait for a job."""

from collections.abc import Callable
from typing import Final, Literal

from sygaldry.flows.job.wait import WaitOptions, job_wait
from sygaldry.mcp_server.place import Place, lines_of
from sygaldry.mcp_server.tool import Tool
from sygaldry.model.exit_codes import STILL_RUNNING
from sygaldry.model.report import Report

Event = Literal["done", "error", "stall", "phase"]

_LEAST_S: Final = 0.1
_MOST_S: Final = 50.0  # the usual limit of clients is 60 s


def _make(place: Place) -> Callable[..., str]:
    def wait(
        job: str, timeout_s: float = 50, on: Literal["done", "error", "stall", "phase"] = "done", cursor: int = 0
    ) -> str:
        """Block until a job has ended, at most 50 s; with `on`, until its next event of that kind after `cursor`.

        The last line is `ended`, `event: cursor=N`, or `running: call again`.
        """

        def ask() -> Report:
            options = WaitOptions(on=on, after=max(cursor, 0), timeout_s=_limited(timeout_s))
            report = job_wait(place.jobs, (job,), options)
            return Report(lines=(*report.lines, _closing(report, job, cursor)))

        return lines_of(ask)

    return wait


def _limited(seconds: float) -> float:
    """Bound a time; a client may send NaN, which every comparison denies."""
    return min(_MOST_S, seconds) if seconds >= _LEAST_S else _LEAST_S


def _closing(report: Report, job: str, cursor: int) -> str:
    news = report.data["news"]
    event = news.get(job) if isinstance(news, dict) else None
    if isinstance(event, dict):
        return f"[event: cursor={event.get('seq', cursor)}]"
    if report.exit_code == STILL_RUNNING:
        return f"[running: call again{f' with cursor={cursor}' if cursor else ''}]"
    return "[ended]"


TOOL: Final = Tool(_make, tokens=240)
