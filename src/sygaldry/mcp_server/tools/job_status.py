"""The state of a job."""

from collections.abc import Callable
from typing import Final

from sygaldry.flows.job.status import job_status
from sygaldry.mcp_server.place import Place, lines_of
from sygaldry.mcp_server.tool import Tool


def _make(place: Place) -> Callable[..., str]:
    def status(job: str, run: str = "") -> str:
        """State of a job: progress, remaining time, last line; of a failed one the cause. Do not poll: use wait_job."""
        return lines_of(lambda: job_status(place.jobs, job, run))

    return status


TOOL: Final = Tool(_make, tokens=160)
