"""The cause of a failure."""

from collections.abc import Callable
from typing import Final

from sygaldry.flows.job.explain import job_explain
from sygaldry.mcp_server.place import Place, lines_of
from sygaldry.mcp_server.tool import Tool

_LEAST, _MOST = 40, 600


def _make(place: Place) -> Callable[..., str]:
    def explain(job: str, run: str = "", tokens: int = 200) -> str:
        """Why a job failed: the cause's lines with their numbers, and what to try; `tokens` from 40 to 600."""
        budget = str(min(max(tokens, _LEAST), _MOST))
        return lines_of(lambda: job_explain(place.jobs, job, run, budget))

    return explain


TOOL: Final = Tool(_make, tokens=800)
