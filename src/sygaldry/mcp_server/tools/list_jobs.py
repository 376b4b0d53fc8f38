"""The newest run of each job."""

from collections.abc import Callable
from typing import Final

from sygaldry.flows.job.list import ListSelection, job_list
from sygaldry.mcp_server.place import Place, lines_of
from sygaldry.mcp_server.tool import Tool

_MOST: Final = 20


def _make(place: Place) -> Callable[..., str]:
    def jobs(job: str = "", since_hours: float = 0, limit: int = 10, after: str = "") -> str:
        """Newest run of each job, a line each with its state and cause; with `job`, the runs of that one (limit 20)."""
        most = min(max(limit, 1), _MOST)
        selection = ListSelection(job, most, max(since_hours, 0) * 3600, after)
        return lines_of(lambda: job_list(place.jobs, selection))

    return jobs


TOOL: Final = Tool(_make, tokens=1000)
