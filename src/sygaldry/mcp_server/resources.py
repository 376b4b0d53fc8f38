"""What agents can read: the ledger of a run and the end of its log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from sygaldry.flows.job.log_reader import last_lines
from sygaldry.flows.job.lookup import find_run, inspect_run
from sygaldry.jobs import events
from sygaldry.mcp_server.budget import bounded

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.mcp_server.place import Place

LEDGER: Final = "sygaldry://jobs/{job}/{run}/ledger"
LOG: Final = "sygaldry://jobs/{job}/{run}/log"
TOKENS: Final = 4000
_LINES: Final = 200
_NEWEST: Final = "newest"


def resources_of(place: Place) -> dict[str, Callable[[str, str], str]]:
    """Map addresses to what answers them; the run may be `newest`."""

    def ledger(job: str, run: str) -> str:
        """Events of a run, one JSON object a line, without heartbeats."""
        paths = find_run(place.jobs, job, "" if run == _NEWEST else run)
        found = (each for each in events.read_events(paths.events) if each["event"] != "progress")
        return bounded("\n".join(json.dumps(each) for each in found), TOKENS)

    def log(job: str, run: str) -> str:
        """Last lines of a run's log; job_log has the rest."""
        paths = find_run(place.jobs, job, "" if run == _NEWEST else run)
        return bounded("\n".join(last_lines(inspect_run(paths, asks_engine=False).log, _LINES)), TOKENS)

    return {LEDGER: ledger, LOG: log}
